import Box from '@cloudscape-design/components/box'
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { SideThroughput } from '../../access/control-types.ts'
import { linkTo, linkWith, navigate } from '../../shell/address.ts'
import { textOf } from '../../shell/messages.tsx'
import { countOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'
import { BucketChart } from './bucket-chart.tsx'
import { ThrottlingIsOff } from './capacity-list.tsx'
import { ConsistencyLag } from './consistency-lag.tsx'
import { ConsumedCharts } from './consumed-charts.tsx'
import { Level } from './level.tsx'
import { ScalingSteps } from './scaling-steps.tsx'
import { ThrottledCalls } from './throttled-calls.tsx'
import { ThrottlingToggle } from './throttling-toggle.tsx'
import { nameOf, resourcesOf, useThroughput, type Resource } from './throughput.ts'

/** One table, or one of its global indexes. */
export function TableCapacity ({ table, index }: { table: string, index: string | undefined }) {
  const { data, error } = useThroughput(table)
  const resources = data ? resourcesOf(data) : []
  const shown = resources.find((one) => one.index === index)
  return (
    <ContentLayout
      breadcrumbs={<BreadcrumbGroup items={[{ text: 'Capacity', href: linkTo(['capacity']) }, { text: table, href: linkTo(['capacity', table]) }]} />}
      header={<Header variant='h1' actions={<ThrottlingToggle on={data?.throttling} />}><Text>{nameOf({ table, index })}</Text></Header>}
    >
      <SpaceBetween size='l'>
        {error && <StatusIndicator type='error'>{textOf(error)}</StatusIndicator>}
        {data && !shown && <StatusIndicator type='warning'>There is no {index === undefined ? 'table' : 'global index'} of this name.</StatusIndicator>}
        {data?.throttling === false && <ThrottlingIsOff />}
        {resources.length > 1 && <ResourceChoice resources={resources} shown={shown} />}
        {shown && <Limits resource={shown} />}
        {shown && <BucketChart key={nameOf(shown)} resource={shown} />}
        {shown && <ConsumedCharts resource={shown} />}
        {shown && <HottestKeys resource={shown} />}
        {shown && <ScalingSteps resource={shown} />}
        <ThrottledCalls table={table} />
        <ConsistencyLag table={table} />
      </SpaceBetween>
    </ContentLayout>
  )
}

function ResourceChoice ({ resources, shown }: { resources: readonly Resource[], shown: Resource | undefined }) {
  const options = resources.map(({ index }) => ({ value: index ?? '', label: index === undefined ? 'the table' : `index ${index}` }))
  return (
    <Select
      ariaLabel='Table or index'
      options={options}
      selectedOption={options.find(({ value }) => value === (shown?.index ?? '')) ?? null}
      onChange={({ detail }) => navigate(linkWith({ index: detail.selectedOption.value }), { replace: true })}
    />
  )
}

function Limits ({ resource }: { resource: Resource }) {
  return (
    <ColumnLayout columns={2}>
      <Side title='Reads' side={resource.read} />
      <Side title='Writes' side={resource.write} />
    </ColumnLayout>
  )
}

function Side ({ title, side: { limits, used, refused } }: { title: string, side: SideThroughput }) {
  return (
    <Container fitHeight header={<Header variant='h2'>{title}</Header>}>
      <KeyValuePairs
        columns={2}
        items={[
          ...limits.flatMap((limit) => [
            { label: limit.limit, value: `${countOf(limit.rate)} units a second` },
            { label: 'Units left, of the most that are saved', value: <Level limit={limit} /> },
          ]),
          { label: 'Units used in the last minute', value: <span className='number'>{countOf(used)}</span> },
          { label: 'Refused in the last minute', value: refused === 0 ? '0' : <StatusIndicator type='warning'>{countOf(refused)}</StatusIndicator> },
        ]}
      />
    </Container>
  )
}

function HottestKeys ({ resource: { hottestKeys } }: { resource: Resource }) {
  const total = hottestKeys.reduce((sum, { units }) => sum + units, 0)
  return (
    <Table
      header={<Header variant='h2' description='Since the start of the last whole minute. A partition key gives 3,000 read units and 1,000 write units a second.'>Hottest partition keys</Header>}
      items={hottestKeys}
      empty={<Box textAlign='center'>No key was used.</Box>}
      columnDefinitions={[
        { id: 'key', header: 'Key', isRowHeader: true, cell: ({ key }) => <Text>{JSON.stringify(key)}</Text> },
        { id: 'units', header: 'Units', cell: ({ units }) => <span className='number'>{countOf(units)}</span> },
        { id: 'share', header: 'Share of these keys', cell: ({ units }) => <span className='number'>{countOf(units / total * 100)} %</span> },
      ]}
    />
  )
}
