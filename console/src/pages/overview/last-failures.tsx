import { useQuery } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import { control } from '../../access/control.ts'
import { useLive } from '../../live/activity.ts'
import { linkTo } from '../../shell/address.ts'
import { timeOf } from '../../widgets/numbers.ts'

const SHOWN = 10

/** The calls that failed last, the newest first. */
export function LastFailures () {
  const { total } = useLive()
  const { data } = useQuery({
    queryKey: ['failures', total.failures],
    queryFn: () => control('GET /trace', `/trace?failed=true&limit=${SHOWN}`),
    placeholderData: (before) => before,
  })
  return (
    <Table
      variant='container'
      header={<Header variant='h2' actions={<Link href={linkTo(['trace'], { failed: 'true' })}>All in the trace</Link>}>Last errors</Header>}
      items={data?.calls.toReversed() ?? []}
      trackBy='requestId'
      loading={!data}
      loadingText='Loading'
      empty={<Box textAlign='center'>No call has failed.</Box>}
      columnDefinitions={[
        { id: 'time', header: 'Time', cell: ({ startedAt }) => <span className='number'>{timeOf(startedAt)}</span> },
        { id: 'call', header: 'Call', isRowHeader: true, cell: ({ service, operation, sequence }) => <Link href={linkTo(['trace'], { call: sequence })}>{service} {operation}</Link> },
        { id: 'resource', header: 'Resource', cell: ({ resource = '' }) => <bdi>{resource}</bdi> },
        { id: 'result', header: 'Result', cell: ({ result }) => <StatusIndicator type='error'><bdi>{result}</bdi></StatusIndicator> },
      ]}
    />
  )
}
