import { randomUUID } from 'node:crypto'
import { actionsFor, alarmArn, periodOf, type Alarm, type AlarmState } from './alarm.ts'

/** An alarm that came into another state. */
export interface AlarmStateChange {
  /** Counts up from 1 for the life of the emulator. */
  sequence: number
  alarm: string
  arn: string
  type: Alarm['type']
  account: string
  region: string
  /** Epoch ms on the emulator's clock. */
  at: number
  state: AlarmState['value']
  previousState: AlarmState['value']
  reason: string
  /** The actions that are executed: none while they are disabled. */
  actions: string[]
}

interface Change { alarm: Alarm, before: AlarmState, account: string, region: string, at: number }

/** What an action is sent, as the service that its ARN is of would get it. */
export function messageFor (action: string, change: Change): object {
  const service = action.split(':')[2]
  if (service === 'sns') return snsNotification(action, change)
  return service === 'lambda' ? lambdaEvent(change) : eventBridgeEvent(change)
}

const iso = (at: number): string => new Date(at).toISOString()
const awsTime = (at: number): string => iso(at).replace('Z', '+0000')

/** As a subscription of SNS by HTTP gets it; the alarm is JSON in `Message`. */
function snsNotification (topic: string, change: Change): object {
  const { alarm, before, account, region, at } = change
  return {
    Type: 'Notification',
    MessageId: randomUUID(),
    TopicArn: topic,
    Subject: `${alarm.state.value}: "${alarm.name}" in ${region}`.slice(0, 100),
    Message: JSON.stringify({
      AlarmName: alarm.name,
      AlarmDescription: alarm.description ?? null,
      AWSAccountId: account,
      AlarmConfigurationUpdatedTimestamp: awsTime(alarm.configuredAt),
      NewStateValue: alarm.state.value,
      NewStateReason: alarm.state.reason,
      StateChangeTime: awsTime(at),
      Region: region,
      AlarmArn: alarmArn(change, alarm.name),
      OldStateValue: before.value,
      OKActions: alarm.okActions,
      AlarmActions: alarm.alarmActions,
      InsufficientDataActions: alarm.insufficientDataActions,
      ...(alarm.type === 'CompositeAlarm' ? { AlarmRule: alarm.rule } : { Trigger: triggerOf(alarm) }),
    }),
    Timestamp: iso(at),
  }
}

function triggerOf (alarm: Alarm & { type: 'MetricAlarm' }): object {
  const { metric } = alarm
  const watched = metric
    ? {
        MetricName: metric.name,
        Namespace: metric.namespace,
        ...(metric.statistic.startsWith('p')
          ? { StatisticType: 'ExtendedStatistic', ExtendedStatistic: metric.statistic }
          : { StatisticType: 'Statistic', Statistic: metric.statistic.toUpperCase() }),
        Unit: metric.unit ?? null,
        Dimensions: metric.dimensions.map(({ Name: name, Value: value }) => ({ value, name })),
      }
    : { Metrics: alarm.queries }
  return {
    ...watched,
    Period: periodOf(alarm),
    EvaluationPeriods: alarm.evaluationPeriods,
    ...(alarm.datapointsToAlarm !== undefined && { DatapointsToAlarm: alarm.datapointsToAlarm }),
    ComparisonOperator: alarm.comparison,
    Threshold: alarm.threshold,
    TreatMissingData: alarm.treatMissingData ?? 'missing',
    EvaluateLowSampleCountPercentile: alarm.lowSamples ?? '',
  }
}

const stateShown = ({ value, reason, reasonData, updatedAt }: AlarmState) => ({ value, reason, ...(reasonData !== undefined && { reasonData }), timestamp: awsTime(updatedAt) })

function lambdaEvent (change: Change): object {
  const { alarm, before, account, region, at } = change
  return {
    source: 'aws.cloudwatch',
    alarmArn: alarmArn(change, alarm.name),
    accountId: account,
    time: awsTime(at),
    region,
    alarmData: { alarmName: alarm.name, state: stateShown(alarm.state), previousState: stateShown(before), configuration: { description: alarm.description } },
  }
}

function eventBridgeEvent (change: Change): object {
  const { alarm, before, account, region, at } = change
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account,
    time: iso(at),
    region,
    resources: [alarmArn(change, alarm.name)],
    detail: { alarmName: alarm.name, state: stateShown(alarm.state), previousState: stateShown(before), configuration: { description: alarm.description } },
  }
}

export function changeOf (change: Change, sequence: number): AlarmStateChange {
  const { alarm, before, account, region, at } = change
  return {
    sequence,
    alarm: alarm.name,
    arn: alarmArn(change, alarm.name),
    type: alarm.type,
    account,
    region,
    at,
    state: alarm.state.value,
    previousState: before.value,
    reason: alarm.state.reason,
    actions: alarm.actionsEnabled ? actionsFor(alarm, alarm.state.value) : [],
  }
}

export type { Change }
