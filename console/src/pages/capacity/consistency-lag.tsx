import { useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { control } from '../../access/control.ts'
import { textOf } from '../../shell/messages.tsx'
import { Text } from '../../widgets/text.tsx'

const OTHERS = '*'

/** How long after a write it is seen by reads that are not strongly consistent. @param table  only of this table */
export function ConsistencyLag ({ table }: { table?: string }) {
  const queries = useQueryClient()
  const { data } = useQuery({ queryKey: ['consistency-lag'], queryFn: () => control('GET /consistency-lag') })
  const [duration, setDuration] = useState('')
  const lags = data?.lagMs ?? {}
  const set = useMutation({
    // The route takes the lags of all tables together.
    mutationFn: () => control('PUT /consistency-lag', undefined, {
      lag: { ...Object.fromEntries(Object.entries(lags).map(([name, ms]) => [name, `${ms}ms`])), [table ?? OTHERS]: duration },
    }),
    onSuccess: (answer) => {
      queries.setQueryData(['consistency-lag'], answer)
      setDuration('')
    },
  })
  const shown = table === undefined ? Object.entries(lags).filter(([, ms]) => ms > 0) : [[table, lags[table] ?? lags[OTHERS] ?? 0] as const]
  return (
    <Container header={<Header variant='h2' description='Reads that are not strongly consistent, and those of global indexes, see a write this long after it.'>Consistency lag</Header>}>
      <SpaceBetween size='s'>
        <Box data-testid='lag'>{shown.length === 0
          ? 'No table lags.'
          : shown.map(([name, ms]) => <div key={name}><Text>{name === OTHERS ? 'all other tables' : name}</Text>: {ms} ms</div>)}
        </Box>
        <FormField label={table === undefined ? 'Lag of all tables without a lag of their own' : 'Lag of this table'} description='Such as 500ms or 2s; 0s for none.' errorText={set.isError ? textOf(set.error) : undefined}>
          <SpaceBetween direction='horizontal' size='xs'>
            <Input value={duration} placeholder='2s' onChange={({ detail }) => setDuration(detail.value)} onKeyDown={({ detail }) => { if (detail.key === 'Enter' && duration !== '') set.mutate() }} />
            <Button disabled={duration === '' || !data} loading={set.isPending} onClick={() => set.mutate()}>Set the lag</Button>
          </SpaceBetween>
        </FormField>
      </SpaceBetween>
    </Container>
  )
}
