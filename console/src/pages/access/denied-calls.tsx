import { useQuery } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import { control } from '../../access/control.ts'
import { useScope } from '../../access/scope.tsx'
import { linkTo } from '../../shell/address.ts'
import { timeOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'

const SHOWN = 50

/** The last calls that policies refused, or would have, with the statement that decided. */
export function DeniedCalls () {
  const { account } = useScope()
  const query = new URLSearchParams({ denied: 'true', account, limit: String(SHOWN) })
  const { data } = useQuery({ queryKey: ['denied', account], queryFn: () => control('GET /trace', `/trace?${query}`), refetchInterval: 2000 })
  const rows = data?.calls.toReversed().flatMap((call) => (call.access ?? []).filter(({ decision }) => decision !== 'allowed').map((note, place) => ({ ...note, call, id: `${call.sequence} ${place}` })))
  return (
    <Table
      header={<Header variant='h2' description={`Of the last ${SHOWN} such calls in the trace, newest first.`}>Denied requests</Header>}
      items={rows ?? []}
      trackBy='id'
      wrapLines
      loading={!rows}
      loadingText='Loading'
      empty={<Box textAlign='center'>Policies have denied no request.</Box>}
      columnDefinitions={[
        { id: 'time', header: 'Time', cell: ({ call }) => <span className='number'>{timeOf(call.startedAt)}</span> },
        { id: 'action', header: 'Action', isRowHeader: true, cell: ({ action, call }) => <Link href={linkTo(['trace'], { call: call.sequence })}><Text>{action}</Text></Link> },
        { id: 'resource', header: 'Resource', cell: ({ resource }) => <Text>{resource}</Text> },
        { id: 'decision', header: 'Decision', cell: ({ decision }) => decision === 'explicitDeny' ? 'explicit deny' : 'implicit deny: nothing allows it' },
        { id: 'by', header: 'Statement', cell: ({ by = 'none' }) => <Text>{by}</Text> },
        { id: 'result', header: 'Result', minWidth: 220, cell: ({ call }) => call.wouldDeny === undefined ? <StatusIndicator type='error'><Text>{call.result}</Text></StatusIndicator> : <StatusIndicator type='warning'>would be <Text>{call.wouldDeny}</Text></StatusIndicator> },
      ]}
    />
  )
}
