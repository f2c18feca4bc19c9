import { Timestamp } from '../../core/protocol/timestamp.ts'
import { alarmArn, type Alarm, type MetricAlarm } from './alarm.ts'

/** An alarm as DescribeAlarms shows it; what was not given is left out, but for lists. */
export function describeAlarm (alarm: Alarm, owner: { account: string, region: string }): object {
  const { state } = alarm
  return {
    AlarmName: alarm.name,
    AlarmArn: alarmArn(owner, alarm.name),
    AlarmDescription: alarm.description,
    AlarmConfigurationUpdatedTimestamp: new Timestamp(alarm.configuredAt),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions,
    StateValue: state.value,
    StateReason: state.reason,
    StateReasonData: state.reasonData,
    StateUpdatedTimestamp: new Timestamp(state.updatedAt),
    StateTransitionedTimestamp: new Timestamp(state.transitionedAt),
    ...(alarm.type === 'CompositeAlarm' ? { AlarmRule: alarm.rule } : watched(alarm)),
  }
}

function watched ({ metric, queries, evaluationPeriods, datapointsToAlarm, threshold, comparison, treatMissingData, lowSamples }: MetricAlarm): object {
  return {
    ...(metric && {
      MetricName: metric.name,
      Namespace: metric.namespace,
      [metric.statistic.startsWith('p') ? 'ExtendedStatistic' : 'Statistic']: metric.statistic,
      Period: metric.periodS,
      Unit: metric.unit,
    }),
    Dimensions: metric?.dimensions ?? [],
    EvaluationPeriods: evaluationPeriods,
    DatapointsToAlarm: datapointsToAlarm,
    Threshold: threshold,
    ComparisonOperator: comparison,
    TreatMissingData: treatMissingData,
    EvaluateLowSampleCountPercentile: lowSamples,
    Metrics: queries ?? [],
  }
}
