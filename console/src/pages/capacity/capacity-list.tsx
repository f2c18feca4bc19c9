import { useCollection } from '../../widgets/collection.ts'
import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Pagination from '@cloudscape-design/components/pagination'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { linkTo, linkWith, navigate, useAddress } from '../../shell/address.ts'
import { textOf } from '../../shell/messages.tsx'
import { countOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'
import { ConsistencyLag } from './consistency-lag.tsx'
import { Level } from './level.tsx'
import { ThrottledCalls } from './throttled-calls.tsx'
import { ThrottlingToggle } from './throttling-toggle.tsx'
import { lowest, nameOf, resourcesOf, useThroughput, type Resource } from './throughput.ts'

const PAGE_SIZE = 25

/** Every table and global index with what it has left, and the requests that were throttled. */
export function CapacityList () {
  const { data, error } = useThroughput()
  return (
    <ContentLayout header={<Header variant='h1' description="What tables and indexes may use, and what was refused. Time is the emulator's clock." actions={<ThrottlingToggle on={data?.throttling} />}>Capacity</Header>}>
      <SpaceBetween size='l'>
        {error && <StatusIndicator type='error'>{textOf(error)}</StatusIndicator>}
        {data?.throttling === false && <ThrottlingIsOff />}
        <Resources resources={data ? resourcesOf(data) : undefined} />
        <ThrottledCalls />
        <ConsistencyLag />
      </SpaceBetween>
    </ContentLayout>
  )
}

export const ThrottlingIsOff = () => (
  <Alert type='info'>Throttling is off: no request is refused, and buckets and hot keys do not change. Consumed units are in the metrics all the same.</Alert>
)

function Resources ({ resources }: { resources: Resource[] | undefined }) {
  const { params } = useAddress()
  const filter = params.get('filter') ?? ''
  const { items, collectionProps, paginationProps } = useCollection((resources ?? []).filter((one) => nameOf(one).includes(filter)), { pagination: { pageSize: PAGE_SIZE }, sorting: {} })
  return (
    <Table
      {...collectionProps}
      items={items}
      trackBy={nameOf}
      wrapLines
      loading={!resources}
      loadingText='Loading'
      header={<Header variant='h2' counter={`(${countOf(resources?.length ?? 0)})`}>Tables and global indexes</Header>}
      filter={<TextFilter filteringText={filter} filteringPlaceholder='Part of a name' filteringAriaLabel='Part of a name' onChange={({ detail }) => navigate(linkWith({ filter: detail.filteringText }), { replace: true })} />}
      pagination={<Pagination {...paginationProps} />}
      empty={<Box textAlign='center'>There is no table.</Box>}
      columnDefinitions={[
        { id: 'name', header: 'Table or index', isRowHeader: true, sortingComparator: by(nameOf), cell: (one) => <Link href={linkTo(['capacity', one.table], { index: one.index })}>{nameOf(one)}</Link> },
        { id: 'rate', header: 'Reads / writes a second', sortingComparator: by(({ read, write }) => Math.max(lowest(read)?.rate ?? 0, lowest(write)?.rate ?? 0)), cell: ({ read, write, billingMode }) => <><Pair values={[lowest(read)?.rate ?? 0, lowest(write)?.rate ?? 0]} />{billingMode !== 'PROVISIONED' && ' on demand'}</> },
        { id: 'reads', header: 'Read units left', cell: ({ read }) => <Level limit={lowest(read)} /> },
        { id: 'writes', header: 'Write units left', cell: ({ write }) => <Level limit={lowest(write)} /> },
        { id: 'used', header: 'Used/min', sortingComparator: by(({ read, write }) => read.used + write.used), cell: ({ read, write }) => <Pair values={[read.used, write.used]} /> },
        { id: 'refused', header: 'Refused/min', sortingComparator: by(({ read, write }) => read.refused + write.refused), cell: ({ read, write }) => <Refused values={[read.refused, write.refused]} /> },
        { id: 'hottest', header: 'Hottest key', cell: ({ hottestKeys: [hottest] }) => hottest ? <Text most={60}>{JSON.stringify(hottest.key)}</Text> : '' },
      ]}
    />
  )
}

/** Of reads and of writes. */
const Pair = ({ values }: { values: [number, number] }) => <span className='number'>{values.map(countOf).join(' / ')}</span>

const Refused = ({ values }: { values: [number, number] }) => values.some((count) => count > 0) ? <StatusIndicator type='warning'><Pair values={values} /></StatusIndicator> : <Pair values={values} />

function by (value: (one: Resource) => string | number): (a: Resource, b: Resource) => number {
  return (a, b) => value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0
}
