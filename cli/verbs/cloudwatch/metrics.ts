import { GetMetricStatisticsCommand, ListMetricsCommand, type Datapoint, type Dimension, type GetMetricStatisticsCommandInput, type Metric } from '@aws-sdk/client-cloudwatch'
import { Command, InvalidArgumentError } from 'commander'
import { columns, jsonOption, printData } from '../../output/output.ts'
import { refuseVerb } from '../../refuse-verb.ts'
import { durationMs } from '../../settings/duration.ts'
import { emulatorOption } from '../../targets/control.ts'
import { onCloudwatch, regionOption, type CloudwatchOptions } from './client.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable metrics                                                        every metric that there is
  $ npx sandtable metrics --namespace AWS/DynamoDB --dimension TableName=orders
  $ npx sandtable metrics get AWS/DynamoDB ConsumedReadCapacityUnits --dimension TableName=orders --last 3h
  $ npx sandtable metrics get AWS/DynamoDB SuccessfulRequestLatency --dimension TableName=orders --dimension Operation=GetItem --statistic p99
`

const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const
type Statistic = typeof STATISTICS[number]

interface ListOptions extends CloudwatchOptions { namespace?: string, dimension: Dimension[] }
interface GetOptions extends CloudwatchOptions { dimension: Dimension[], statistic: string, period: number, last: number }

/** `sandtable metrics`: the metrics of a running emulator's CloudWatch. */
export function metricsCommand (): Command {
  const metrics = new Command('metrics')
    .description('Shows the CloudWatch metrics of a running emulator.')
    .addHelpText('after', EXAMPLES)
  metrics.addCommand(listCommand(metrics), { isDefault: true })
  metrics.addCommand(verb('get')
    .description('a statistic of one metric, period by period')
    .argument('<namespace>', 'such as AWS/DynamoDB')
    .argument('<metric>', 'such as ConsumedReadCapacityUnits')
    .option('--statistic <name>', `${STATISTICS.join(', ')} or a percentile, such as p99`, parseStatistic, 'Sum')
    .option('--period <time>', 'the length of a period, at least 1m', durationMs('s', '1m or 1h'), 60_000)
    .option('--last <time>', 'how far back, by the emulator\'s clock', durationMs('s', '30m or 3h'), 3_600_000)
    .action((Namespace: string, MetricName: string, { dimension: Dimensions, statistic, period, last, ...options }: GetOptions, command: Command) =>
      onCloudwatch(options, async (cloudwatch, now) => {
        const input: GetMetricStatisticsCommandInput = {
          Namespace,
          MetricName,
          Dimensions,
          Period: period / 1000,
          StartTime: new Date(now.getTime() - last),
          EndTime: now,
          ...isPlain(statistic) ? { Statistics: [statistic] } : { ExtendedStatistics: [statistic] },
        }
        const { Datapoints = [] } = await cloudwatch.send(new GetMetricStatisticsCommand(input))
        const inOrder = [...Datapoints].sort((one, other) => Number(one.Timestamp) - Number(other.Timestamp))
        printData(command, inOrder, (points) => points.length === 0 ? ['No datapoints.'] : columns([['time', statistic, 'unit'], ...points.map((point) => pointRow(point, statistic))]))
      })))
  return metrics
}

function listCommand (metrics: Command): Command {
  return verb('list')
    .description('list metrics with their dimensions')
    .allowExcessArguments()
    .option('--namespace <name>', 'only this namespace, such as AWS/DynamoDB')
    .hook('preAction', (_, list) => refuseVerb(metrics, list))
    .action(({ namespace: Namespace, dimension: Dimensions, ...options }: ListOptions, command: Command) => onCloudwatch(options, async (cloudwatch) => {
      const all: Metric[] = []
      let NextToken: string | undefined
      do {
        const page = await cloudwatch.send(new ListMetricsCommand({ Namespace, Dimensions, NextToken }))
        all.push(...page.Metrics ?? [])
        NextToken = page.NextToken
      } while (NextToken !== undefined)
      printData(command, all, (found) => found.length === 0 ? ['No metrics.'] : columns([['namespace', 'metric', 'dimensions'], ...found.map(metricRow)]))
    }))
}

const verb = (name: string) => new Command(name)
  .option('--dimension <name=value>', 'a dimension; may be given several times', parseDimension, [])
  .addOption(emulatorOption()).addOption(regionOption()).addOption(jsonOption())

const isPlain = (name: string): name is Statistic => (STATISTICS as readonly string[]).includes(name) // to look it up

function parseStatistic (text: string): string {
  if (isPlain(text) || /^p\d{1,2}(\.\d{1,10})?$/.test(text)) return text
  throw new InvalidArgumentError(`It takes ${STATISTICS.join(', ')} or a percentile, such as p99`)
}

function parseDimension (text: string, before: Dimension[]): Dimension[] {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('It takes a name and a value, such as TableName=orders')
  return [...before, { Name: text.slice(0, equals), Value: text.slice(equals + 1) }]
}

const metricRow = ({ Namespace = '', MetricName = '', Dimensions = [] }: Metric) => [Namespace, MetricName, Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).join(' ')]

const pointRow = (point: Datapoint, statistic: string) =>
  [point.Timestamp?.toISOString() ?? '', (isPlain(statistic) ? point[statistic] : point.ExtendedStatistics?.[statistic]) ?? '', String(point.Unit ?? '')]
