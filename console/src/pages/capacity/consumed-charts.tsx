import { GetMetricDataCommand, type CloudWatchClient, type Dimension } from '@aws-sdk/client-cloudwatch'
import { useQuery } from '@tanstack/react-query'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import { useCloudwatch } from '../../access/cloudwatch.ts'
import { useScope } from '../../access/scope.tsx'
import { useClock } from '../../live/clock.ts'
import { Chart } from '../../widgets/chart.tsx'
import { nameOf, type Resource } from './throughput.ts'

const MINUTES = 60
const MINUTE_MS = 60_000

const SIDES = ['Read', 'Write'] as const

interface Hour {
  /** Seconds since the Unix epoch. */
  times: number[]
  /** By metric; `null` where there is no datapoint. */
  values: Record<string, (number | null)[]>
}

/** The metrics of the last hour of the clock, minute by minute. */
async function readHour (cloudwatch: CloudWatchClient, { table, index }: Resource, now: number): Promise<Hour> {
  const Dimensions: Dimension[] = [{ Name: 'TableName', Value: table }, ...index === undefined ? [] : [{ Name: 'GlobalSecondaryIndexName', Value: index }]]
  const end = Math.floor(now / MINUTE_MS) * MINUTE_MS + MINUTE_MS
  const start = end - MINUTES * MINUTE_MS
  const wanted = SIDES.flatMap((side) => [[`Consumed${side}CapacityUnits`, 'Sum'], [`Provisioned${side}CapacityUnits`, 'Maximum'], [`${side}ThrottleEvents`, 'Sum']] as const)
  const { MetricDataResults = [] } = await cloudwatch.send(new GetMetricDataCommand({
    StartTime: new Date(start),
    EndTime: new Date(end),
    ScanBy: 'TimestampAscending',
    MetricDataQueries: wanted.map(([MetricName, Stat]) => ({ Id: idOf(MetricName), MetricStat: { Metric: { Namespace: 'AWS/DynamoDB', MetricName, Dimensions }, Period: 60, Stat } })),
  }))
  const times = Array.from({ length: MINUTES }, (_, minute) => (start + minute * MINUTE_MS) / 1000)
  const values: Hour['values'] = {}
  for (const [MetricName] of wanted) {
    const { Timestamps = [], Values = [] } = MetricDataResults.find(({ Id }) => Id === idOf(MetricName)) ?? {}
    const at = new Map(Timestamps.map((time, place) => [time.getTime() / 1000, Values[place] ?? null]))
    values[MetricName] = times.map((time) => at.get(time) ?? null)
  }
  return { times, values }
}

const idOf = (metric: string): string => metric[0]!.toLowerCase() + metric.slice(1) // no name is empty

/** Provisioned units are published every five minutes; they hold until the next. */
function held (values: readonly (number | null)[]): (number | null)[] {
  let last: number | null = null
  return values.map((value) => (last = value ?? last))
}

/** Consumed against provisioned units, and what was throttled, minute by minute. */
export function ConsumedCharts ({ resource }: { resource: Resource }) {
  const { account, region } = useScope()
  const cloudwatch = useCloudwatch()
  const clock = useClock()
  const minute = clock && Math.floor(clock.now / MINUTE_MS)
  const { data } = useQuery({
    queryKey: ['consumed', account, region, nameOf(resource), minute],
    enabled: clock !== undefined,
    queryFn: () => readHour(cloudwatch, resource, clock!.now),
    placeholderData: (before) => before,
    refetchInterval: 5000,
  })
  const of = (metric: string) => data?.values[metric] ?? []
  const aSecond = (metric: string) => of(metric).map((value) => (value ?? 0) / 60)
  return (
    <Container header={<Header variant='h2' description="The last hour of the emulator's clock, from the metrics of AWS/DynamoDB.">Consumed and provisioned</Header>}>
      <ColumnLayout columns={2}>
        {SIDES.map((side) => {
          const provisioned = held(of(`Provisioned${side}CapacityUnits`))
          return (
            <Chart
              key={side}
              title={`${side} units a second`}
              times={data?.times ?? []}
              series={[
                { label: `${side.toLowerCase()} units consumed a second`, values: aSecond(`Consumed${side}CapacityUnits`) },
                ...provisioned.some((value) => value !== null) ? [{ label: 'provisioned', values: provisioned }] : [],
                { label: 'throttled a second', values: aSecond(`${side}ThrottleEvents`) },
              ]}
            />
          )
        })}
      </ColumnLayout>
    </Container>
  )
}
