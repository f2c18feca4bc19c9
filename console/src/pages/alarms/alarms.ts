import { useEffect } from 'react'
import { DescribeAlarmHistoryCommand, DescribeAlarmsCommand, paginateDescribeAlarms, type CompositeAlarm, type MetricAlarm } from '@aws-sdk/client-cloudwatch'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCloudwatch } from '../../access/cloudwatch.ts'
import { controlUrl } from '../../access/control.ts'
import { useScope } from '../../access/scope.tsx'
import { LiveEvents } from '../../live/live-events.ts'
import { countOf } from '../../widgets/numbers.ts'

export type Alarm = MetricAlarm & CompositeAlarm

export const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const

const AlarmTypes: ('MetricAlarm' | 'CompositeAlarm')[] = ['MetricAlarm', 'CompositeAlarm']

/** Steps of an alarm's history that are shown. */
const HISTORY = 100

export const COMPARISONS: Readonly<Record<string, string>> = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '>=',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
}

/** Every alarm of the account. */
export function useAlarms () {
  const { account, region } = useScope()
  const client = useCloudwatch()
  return useQuery({
    queryKey: ['alarms', account, region],
    refetchInterval: 5000,
    async queryFn () {
      const all: Alarm[] = []
      for await (const { MetricAlarms = [], CompositeAlarms = [] } of paginateDescribeAlarms({ client }, { AlarmTypes })) all.push(...MetricAlarms, ...CompositeAlarms)
      return all.sort((one, other) => (one.AlarmName ?? '') < (other.AlarmName ?? '') ? -1 : 1)
    },
  })
}

/** One alarm and its history; `alarm` is `undefined` when there is none of this name. */
export function useAlarm (name: string) {
  const { account, region } = useScope()
  const client = useCloudwatch()
  return useQuery({
    queryKey: ['alarms', account, region, name],
    refetchInterval: 5000,
    async queryFn () {
      const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes }))
      const alarm: Alarm | undefined = MetricAlarms[0] ?? CompositeAlarms[0]
      const { AlarmHistoryItems: history = [] } = await client.send(new DescribeAlarmHistoryCommand({ AlarmName: name, AlarmTypes, MaxRecords: HISTORY }))
      return { alarm, history }
    },
  })
}

/** Reads alarms again as soon as one changes its state. */
export function useFollowedAlarms (): void {
  const queries = useQueryClient()
  useEffect(() => {
    const live = new LiveEvents(controlUrl('/alarms/events'), {
      onMessage: () => {},
      named: { stateChange: () => { void queries.invalidateQueries({ queryKey: ['alarms'] }) } },
    })
    live.start()
    return () => live.stop()
  }, [queries])
}

/** `Sum of ReadThrottleEvents >= 1 in 2 of 3 periods of 60 s`, or the rule of a composite alarm. */
export function conditionOf (alarm: Alarm): string {
  const { AlarmRule, Metrics, MetricName, Statistic, ExtendedStatistic, ComparisonOperator = '', Threshold = 0, EvaluationPeriods = 1, DatapointsToAlarm = EvaluationPeriods, Period } = alarm
  if (AlarmRule !== undefined) return AlarmRule
  const measured = Metrics && Metrics.length > 0
    ? Metrics.map(({ Id, Expression, MetricStat }) => `${Id} = ${Expression ?? `${MetricStat?.Stat} of ${MetricStat?.Metric?.MetricName}`}`).join(', ')
    : `${Statistic ?? ExtendedStatistic} of ${MetricName}`
  return `${measured} ${COMPARISONS[ComparisonOperator] ?? ComparisonOperator} ${countOf(Threshold)} in ${DatapointsToAlarm} of ${EvaluationPeriods} periods${Period === undefined ? '' : ` of ${Period} s`}`
}
