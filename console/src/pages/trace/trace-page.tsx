import { useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Button from '@cloudscape-design/components/button'
import Checkbox from '@cloudscape-design/components/checkbox'
import ContentLayout from '@cloudscape-design/components/content-layout'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Toggle from '@cloudscape-design/components/toggle'
import { control } from '../../access/control.ts'
import { linkWith, navigate, useAddress } from '../../shell/address.ts'
import { tellError } from '../../shell/messages.tsx'
import { Choice, named } from '../../widgets/choice.tsx'
import { countOf } from '../../widgets/numbers.ts'
import { CallList } from './call-list.tsx'
import { CallView } from './call-view.tsx'
import { FILTERS, useCalls } from './follow-calls.ts'

/** `trace?service=dynamodb&call=17`: the calls as they are made, and one of them. */
export default function TracePage () {
  const { params } = useAddress()
  const [paused, setPaused] = useState(false)
  const [round, setRound] = useState(0)
  const own = params.has('own')
  const query = new URLSearchParams(FILTERS.flatMap((name) => params.get(name) ? [[name, params.get(name)!]] : []))
  const { calls, lost, isLoaded } = useCalls(query.toString() + '&'.repeat(round), { paused, own })
  const chosen = Number(params.get('call')) || undefined
  const operations = useQuery({ queryKey: ['operations'], queryFn: () => control('GET /operations'), staleTime: Infinity }).data?.operations ?? {}

  const set = (changes: Record<string, string | number | undefined>) => navigate(linkWith(changes), { replace: true })
  const clear = useMutation({ mutationFn: () => control('DELETE /trace'), onSuccess: () => setRound(round + 1), onError: tellError })
  const service = params.get('service') ?? ''
  return (
    <ContentLayout
      header={
        <Header
          variant='h1'
          counter={isLoaded ? `(${countOf(calls.length)})` : undefined}
          description={lost > 0 ? `${countOf(lost)} calls came faster than the trace keeps.` : 'The last 10,000 AWS calls, the newest first.'}
          actions={
            <SpaceBetween direction='horizontal' size='xs'>
              <Button iconName={paused ? 'caret-right-filled' : 'pause'} onClick={() => setPaused(!paused)}>{paused ? 'Go on' : 'Pause'}</Button>
              <Button onClick={() => clear.mutate()}>Clear</Button>
            </SpaceBetween>
          }
        >
          Trace
        </Header>
      }
    >
      <SpaceBetween size='m'>
        <SpaceBetween direction='horizontal' size='s' alignItems='end'>
          <Choice label='Service' value={service} options={anyOr(Object.keys(operations))} onChange={(value) => set({ service: value, operation: undefined })} />
          <Choice label='Operation' value={params.get('operation') ?? ''} options={anyOr(service === '' ? Object.values(operations).flat().sort() : operations[service] ?? [])} onChange={(value) => set({ operation: value })} />
          <FormField label='Table, bucket or collection'><Input value={params.get('resource') ?? ''} placeholder='* for any characters' onChange={({ detail }) => set({ resource: detail.value })} /></FormField>
          <FormField label='Result'><Input value={params.get('result') ?? ''} placeholder='ok, or a code' onChange={({ detail }) => set({ result: detail.value })} /></FormField>
          <FormField label='Request of the API'><Input value={params.get('causedBy') ?? ''} onChange={({ detail }) => set({ causedBy: detail.value })} /></FormField>
          <FormField label='Request id'><Input value={params.get('requestId') ?? ''} onChange={({ detail }) => set({ requestId: detail.value })} /></FormField>
        </SpaceBetween>
        <SpaceBetween direction='horizontal' size='l'>
          <Checkbox checked={params.get('failed') === 'true'} onChange={({ detail }) => set({ failed: detail.checked ? 'true' : undefined })}>Failed only</Checkbox>
          <Checkbox checked={own} onChange={({ detail }) => set({ own: detail.checked ? '1' : undefined })}>The console's own calls too</Checkbox>
          <KeepBodies />
        </SpaceBetween>
        {chosen !== undefined && <CallView sequence={chosen} onClose={() => set({ call: undefined })} />}
        <CallList calls={calls} chosen={chosen} onChoose={(call) => set({ call: call.sequence })} />
      </SpaceBetween>
    </ContentLayout>
  )
}

const anyOr = (names: readonly string[]): Record<string, string> => ({ '': 'any', ...named(names) })

/** Has the emulator keep inputs and outputs. */
function KeepBodies () {
  const queries = useQueryClient()
  const { data } = useQuery({ queryKey: ['bodies'], queryFn: () => control('GET /trace/bodies') })
  const change = useMutation({ mutationFn: (keep: boolean) => control('PUT /trace/bodies', undefined, { keep }), onSuccess: (answer) => queries.setQueryData(['bodies'], answer), onError: tellError })
  return <Toggle checked={data?.keep === true} disabled={!data} onChange={({ detail }) => change.mutate(detail.checked)}>Keep inputs and outputs</Toggle>
}
