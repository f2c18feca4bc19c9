import { useMutation, useQueryClient } from '@tanstack/react-query'
import Toggle from '@cloudscape-design/components/toggle'
import { control } from '../../access/control.ts'
import { tellError } from '../../shell/messages.tsx'

/** Turns throttling on and off, for all accounts. @param on  `undefined` until it is known */
export function ThrottlingToggle ({ on }: { on: boolean | undefined }) {
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (throttling: boolean) => control('PUT /throughput', undefined, { throttling }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['throughput'] }),
    onError: tellError,
  })
  return <Toggle checked={on === true} disabled={on === undefined || change.isPending} onChange={({ detail }) => change.mutate(detail.checked)}>Throttling</Toggle>
}
