import { useQuery } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Table from '@cloudscape-design/components/table'
import { control } from '../../access/control.ts'
import { useScope } from '../../access/scope.tsx'
import { linkTo } from '../../shell/address.ts'
import { timeOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'
import { nameInArn } from './throughput.ts'

const SHOWN = 20

/** The last calls of which a part or all was throttled, with AWS's reasons. @param table  only of this one */
export function ThrottledCalls ({ table }: { table?: string }) {
  const { account, region } = useScope()
  const query = new URLSearchParams({ throttled: 'true', account, region, limit: String(SHOWN), ...table !== undefined && { resource: table } })
  const { data } = useQuery({ queryKey: ['throttled', account, region, table], queryFn: () => control('GET /trace', `/trace?${query}`), refetchInterval: 2000 })
  return (
    <Table
      header={<Header variant='h2' description={`The last ${SHOWN}, newest first.`}>Throttled requests</Header>}
      items={data?.calls.toReversed() ?? []}
      trackBy='sequence'
      wrapLines
      loading={!data}
      loadingText='Loading'
      empty={<Box textAlign='center'>No request was throttled.</Box>}
      columnDefinitions={[
        { id: 'time', header: 'Time', cell: ({ startedAt }) => <span className='number'>{timeOf(startedAt)}</span> },
        { id: 'operation', header: 'Operation', isRowHeader: true, cell: ({ operation, sequence }) => <Link href={linkTo(['trace'], { call: sequence })}>{operation}</Link> },
        { id: 'result', header: 'Result', cell: ({ result, unprocessed }) => result === 'ok' ? `${unprocessed ?? 0} items not processed` : <Text>{result}</Text> },
        {
          id: 'reasons',
          header: 'Had no capacity',
          cell: ({ throttling = [] }) => distinct(throttling.map(({ resource, reason }) => `${nameInArn(resource)}: ${reason}`)).map((text) => <div key={text}><Text>{text}</Text></div>),
        },
      ]}
    />
  )
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)]
