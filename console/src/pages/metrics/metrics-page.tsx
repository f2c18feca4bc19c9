import { useCollection } from '../../widgets/collection.ts'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Pagination from '@cloudscape-design/components/pagination'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import type { Metric } from '@aws-sdk/client-cloudwatch'
import { linkTo, linkWith, navigate, useAddress } from '../../shell/address.ts'
import { textOf } from '../../shell/messages.tsx'
import { Chart } from '../../widgets/chart.tsx'
import { Choice, named } from '../../widgets/choice.tsx'
import { countOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'
import { dimensionsOf, idOf, metricOf, PERIODS, RANGES, STATISTICS, useMetrics, usePoints } from './metrics.ts'

const PAGE_SIZE = 20
/** As many as have colours of their own. */
const MOST_SHOWN = 6

const DEFAULTS = { stat: 'Sum', period: '60', last: '3600' }

/** `metrics?show=[...]&stat=Sum&period=60&last=3600`: every metric, and a chart of some. */
export default function MetricsPage () {
  const { params } = useAddress()
  const shown = params.getAll('show').flatMap((id) => metricOf(id) ?? []).slice(0, MOST_SHOWN)
  return (
    <ContentLayout header={<Header variant='h1' description="CloudWatch of the account, by the emulator's clock. What is counted appears when its minute ends.">Metrics</Header>}>
      <SpaceBetween size='l'>
        <Graph metrics={shown} />
        <MetricList shown={shown} />
      </SpaceBetween>
    </ContentLayout>
  )
}

const set = (changes: Record<string, string>) => navigate(linkWith(changes), { replace: true })

/** The same address with other metrics. */
function linkToMetrics (metrics: readonly Metric[]): string {
  const url = new URL(location.href)
  url.searchParams.delete('show')
  for (const metric of metrics) url.searchParams.append('show', idOf(metric))
  return url.pathname + url.search
}

function Graph ({ metrics }: { metrics: readonly Metric[] }) {
  const { params } = useAddress()
  const of = (name: keyof typeof DEFAULTS) => params.get(name) ?? DEFAULTS[name]
  const [statistic, period, last] = [of('stat'), of('period'), of('last')]
  const { data, error } = usePoints({ metrics, statistic, period: Number(period) || 60, last: Number(last) || 3600 })
  const [first] = metrics
  return (
    <Container
      header={
        <Header
          variant='h2'
          actions={<Button disabled={metrics.length !== 1} href={first && linkTo(['alarms'], { create: idOf(first), stat: statistic, period })}>Create alarm</Button>}
        >
          Graph
        </Header>
      }
    >
      <SpaceBetween size='m'>
        <SpaceBetween direction='horizontal' size='m'>
          <Choice label='Statistic' value={statistic} options={named(STATISTICS)} onChange={(stat) => set({ stat })} />
          <Choice label='Period' value={period} options={PERIODS} onChange={(period) => set({ period })} />
          <Choice label='Last' value={last} options={RANGES} onChange={(last) => set({ last })} />
        </SpaceBetween>
        {error && <StatusIndicator type='error'>{textOf(error)}</StatusIndicator>}
        {metrics.length === 0
          ? <Box color='text-body-secondary'>Select up to {MOST_SHOWN} metrics below.</Box>
          : (
            <Chart
              title={`${statistic} of each ${PERIODS[period] ?? `${period} s`}`}
              height={260}
              hasPoints
              times={data?.times ?? []}
              series={metrics.map((metric, place) => ({ label: `${metric.MetricName} ${dimensionsOf(metric)}`, values: data?.values[place] ?? [] }))}
            />
            )}
      </SpaceBetween>
    </Container>
  )
}

function MetricList ({ shown }: { shown: readonly Metric[] }) {
  const { params } = useAddress()
  const { data, error } = useMetrics()
  const filter = params.get('filter') ?? ''
  const words = filter.toLowerCase().split(/\s+/)
  const { items, collectionProps, paginationProps, filteredItemsCount } = useCollection(
    (data ?? []).filter((metric) => { const text = textFor(metric); return words.every((word) => text.includes(word)) }),
    { pagination: { pageSize: PAGE_SIZE }, sorting: {} }
  )
  return (
    <Table
      {...collectionProps}
      items={items}
      trackBy={idOf}
      loading={!data && !error}
      loadingText='Loading'
      selectionType='multi'
      selectedItems={[...shown]}
      onSelectionChange={({ detail }) => navigate(linkToMetrics(detail.selectedItems.slice(0, MOST_SHOWN)), { replace: true })}
      isItemDisabled={(metric) => shown.length >= MOST_SHOWN && !shown.some((one) => idOf(one) === idOf(metric))}
      ariaLabels={{ tableLabel: 'Metrics', selectionGroupLabel: 'Metrics', allItemsSelectionLabel: () => 'Select all', itemSelectionLabel: (_, metric) => `Show ${metric.MetricName} ${dimensionsOf(metric)}` }}
      header={<Header variant='h2' counter={`(${countOf(data?.length ?? 0)})`}>All metrics</Header>}
      filter={
        <TextFilter
          filteringText={filter}
          filteringPlaceholder='Words of the namespace, name or dimensions'
          filteringAriaLabel='Words of the namespace, name or dimensions'
          countText={filter === '' ? '' : `${countOf(filteredItemsCount ?? items.length)} metrics`}
          onChange={({ detail }) => set({ filter: detail.filteringText })}
        />
      }
      pagination={<Pagination {...paginationProps} />}
      empty={<Box textAlign='center'>{error ? <StatusIndicator type='error'>{textOf(error)}</StatusIndicator> : 'There is no metric.'}</Box>}
      columnDefinitions={[
        { id: 'name', header: 'Metric', isRowHeader: true, sortingField: 'MetricName', cell: ({ MetricName = '' }) => <Text>{MetricName}</Text> },
        { id: 'dimensions', header: 'Dimensions', cell: (metric) => <Text>{dimensionsOf(metric)}</Text> },
        { id: 'namespace', header: 'Namespace', sortingField: 'Namespace', cell: ({ Namespace = '' }) => <Text>{Namespace}</Text> },
      ]}
    />
  )
}

const textFor = (metric: Metric): string => `${metric.Namespace} ${metric.MetricName} ${dimensionsOf(metric)}`.toLowerCase()
