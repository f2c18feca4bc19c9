import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { control } from '../../access/control.ts'
import type { ActiveFault } from '../../access/control-types.ts'
import { tellError } from '../../shell/messages.tsx'
import { countOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'
import { FaultForm } from './fault-form.tsx'

/** The rules by which calls fail or are late. */
export default function FaultsPage () {
  const queries = useQueryClient()
  const { data } = useQuery({ queryKey: ['faults'], queryFn: () => control('GET /faults'), refetchInterval: 1000 })
  const refresh = () => queries.invalidateQueries({ queryKey: ['faults'] })
  const remove = useMutation({ mutationFn: (id: string) => control('DELETE /faults/{id}', `/faults/${id}`), onSettled: refresh, onError: tellError })
  const clear = useMutation({ mutationFn: () => control('DELETE /faults'), onSettled: refresh, onError: tellError })
  return (
    <ContentLayout header={<Header variant='h1' description='Calls that fail or are late on purpose. The first rule with an error that hits a call ends it; delays add up.'>Faults</Header>}>
      <SpaceBetween size='l'>
        <FaultForm onAdded={() => { void refresh() }} />
        <Table
          header={<Header variant='h2' counter={`(${data?.faults.length ?? 0})`} actions={<Button disabled={!data?.faults.length} onClick={() => clear.mutate()}>Remove all</Button>}>Rules</Header>}
          items={data?.faults ?? []}
          trackBy='id'
          loading={!data}
          loadingText='Loading'
          empty={<Box textAlign='center'>No call fails on purpose.</Box>}
          columnDefinitions={[
            { id: 'id', header: 'Rule', isRowHeader: true, cell: ({ id }) => <Text>{id}</Text> },
            { id: 'calls', header: 'Which calls', cell: (fault) => <Text>{callsOf(fault)}</Text> },
            { id: 'what', header: 'What happens', cell: (fault) => <Text>{effectOf(fault)}</Text> },
            { id: 'when', header: 'When', cell: (fault) => whenOf(fault) },
            { id: 'hits', header: 'Hits of seen', cell: ({ hits, seen }) => `${countOf(hits)} of ${countOf(seen)}` },
            { id: 'remove', header: 'Remove', cell: ({ id }) => <Button iconName='remove' variant='inline-icon' ariaLabel={`Remove ${id}`} onClick={() => remove.mutate(id)} /> },
          ]}
        />
      </SpaceBetween>
    </ContentLayout>
  )
}

const callsOf = ({ service = 'any service', operation = 'any operation', resource, key }: ActiveFault): string =>
  [service, operation, resource, key === undefined ? undefined : typeof key === 'string' ? key : JSON.stringify(key)].filter((part) => part !== undefined).join(', ')

function effectOf ({ error, latency }: ActiveFault): string {
  const parts = [error === undefined ? undefined : typeof error === 'string' ? error : error.code, latency === undefined ? undefined : typeof latency === 'number' ? `late by ${latency} ms` : `late by ${JSON.stringify(latency)} ms`]
  return parts.filter((part) => part !== undefined).join(', ')
}

function whenOf ({ share, skip, every, times }: ActiveFault): string {
  const parts = [share === undefined ? '' : `${countOf(share * 100)} % by chance`, skip === undefined ? '' : `after ${skip}`, every === undefined ? '' : `every ${every}th`, times === undefined ? '' : `${times} times`]
  return parts.filter((part) => part !== '').join(', ') || 'always'
}
