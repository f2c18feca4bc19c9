import { useQuery } from '@tanstack/react-query'
import { useCollection } from '../../widgets/collection.ts'
import Box from '@cloudscape-design/components/box'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Pagination from '@cloudscape-design/components/pagination'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import { control } from '../../access/control.ts'
import type { ApiRoute } from '../../access/control-types.ts'
import { linkTo } from '../../shell/address.ts'
import { textOf } from '../../shell/messages.tsx'
import { countOf, dollarsOf, timeOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'
import { costOf } from '../overview/cost.ts'
import { requestsOf } from './requests.ts'

const PAGE_SIZE = 25
/** Calls of the trace that requests are made of. */
const MOST_CALLS = 1000

/** The API that runs beside the emulator, and its last requests with their AWS calls. */
export default function ApiPage () {
  const { data, error } = useQuery({ queryKey: ['api'], queryFn: () => control('GET /api'), refetchInterval: 10_000 })
  return (
    <ContentLayout
      header={
        <Header
          variant='h1'
          description={data && (data.url === undefined ? 'No API runs in the process of this emulator; npx sandtable start starts both.' : `It listens at ${data.url}.`)}
          actions={data?.docs !== undefined && <Link href={data.docs} external externalIconAriaLabel='opens a new tab'>Documentation</Link>}
        >
          API
        </Header>
      }
    >
      <SpaceBetween size='l'>
        {error && <StatusIndicator type='error'>{textOf(error)}</StatusIndicator>}
        <LastRequests />
        {data && data.routes.length > 0 && <Routes routes={data.routes} />}
      </SpaceBetween>
    </ContentLayout>
  )
}

function LastRequests () {
  const { data } = useQuery({ queryKey: ['api-calls'], queryFn: () => control('GET /trace', `/trace?limit=${MOST_CALLS}`), refetchInterval: 2000 })
  const { items, collectionProps, paginationProps } = useCollection(requestsOf(data?.calls ?? []), { pagination: { pageSize: PAGE_SIZE }, sorting: {} })
  return (
    <Table
      {...collectionProps}
      items={items}
      trackBy='id'
      wrapLines
      loading={!data}
      loadingText='Loading'
      header={<Header variant='h2' description={`The causes of the last ${countOf(MOST_CALLS)} AWS calls: an API passes its x-request-id on.`}>Last requests</Header>}
      pagination={<Pagination {...paginationProps} />}
      empty={<Box textAlign='center'>No request has caused an AWS call.</Box>}
      columnDefinitions={[
        { id: 'time', header: 'Time', cell: ({ startedAt }) => <span className='number'>{timeOf(startedAt)}</span> },
        { id: 'id', header: 'Request id', isRowHeader: true, cell: ({ id, first }) => <Link href={linkTo(['trace'], { causedBy: id, call: first })}><Text>{id}</Text></Link> },
        { id: 'calls', header: 'AWS calls', sortingField: 'count', cell: ({ count, operations }) => <Text>{`${count}: ${operations}`}</Text> },
        { id: 'failed', header: 'Failed', sortingField: 'failed', cell: ({ failed }) => failed === 0 ? '0' : <StatusIndicator type='error'>{failed}</StatusIndicator> },
        { id: 'took', header: 'In AWS calls', sortingField: 'durationMs', cell: ({ durationMs }) => <span className='number'>{durationMs.toFixed(2)} ms</span> },
        { id: 'units', header: 'Read / write units', cell: ({ readUnits, writeUnits }) => <span className='number'>{countOf(readUnits)} / {countOf(writeUnits)}</span> },
        { id: 'cost', header: 'Cost of a million', cell: (request) => <span className='number'>{dollarsOf(costOf(request) * 1_000_000)}</span> },
      ]}
    />
  )
}

function Routes ({ routes }: { routes: readonly ApiRoute[] }) {
  const { items, collectionProps, paginationProps } = useCollection(routes, { pagination: { pageSize: PAGE_SIZE }, sorting: {} })
  return (
    <Table
      {...collectionProps}
      items={items}
      wrapLines
      header={<Header variant='h2' counter={`(${routes.length})`}>Routes</Header>}
      pagination={<Pagination {...paginationProps} />}
      columnDefinitions={[
        { id: 'method', header: 'Method', cell: ({ method }) => method },
        { id: 'path', header: 'Path', isRowHeader: true, sortingField: 'path', cell: ({ path }) => <span className='mono'>{path}</span> },
        { id: 'summary', header: 'What it does', cell: ({ summary }) => <Text>{summary}</Text> },
      ]}
    />
  )
}
