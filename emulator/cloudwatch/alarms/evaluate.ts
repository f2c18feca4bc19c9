import { AwsError } from '../../core/errors.ts'
import type { CloudwatchStore } from '../store.ts'
import type { Alarm, AlarmState, CompositeAlarm, MetricAlarm } from './alarm.ts'
import { alarmArn, periodOf } from './alarm.ts'
import { holds, parseRule } from './composite-rule.ts'
import { judge, type Rule } from './judge.ts'
import { hasFewSamples, measure } from './measure.ts'
import { reasonDataOf, reasonOf } from './reason.ts'

/** What an evaluation finds: a state, and why. */
export type Finding = Pick<AlarmState, 'value' | 'reason' | 'reasonData'>

/** How often (seconds) an alarm is evaluated. */
export const everySeconds = (alarm: Alarm): number => alarm.type === 'MetricAlarm' && periodOf(alarm) < 60 ? 10 : 60

/** The state that an alarm has to come into; `undefined` when it stays as it is. */
export function evaluateMetricAlarm (alarm: MetricAlarm, { metrics }: Pick<CloudwatchStore, 'metrics'>, now: number): Finding | undefined {
  let range: ReturnType<typeof measure>
  try {
    range = measure(alarm, metrics, now)
  } catch (error) {
    if (error instanceof AwsError) return undefined // metric math that its data has made impossible
    throw error
  }
  if (hasFewSamples(alarm, range.find((point) => point !== undefined))) return undefined
  const verdict = judge(range, ruleOf(alarm))
  if (verdict.state === undefined || verdict.state === alarm.state.value) return undefined
  return { value: verdict.state, reason: reasonOf(alarm, verdict), reasonData: reasonDataOf(alarm, verdict.used, now) }
}

/** Alarms on DynamoDB's metrics keep their state without data, whatever they say. Source: "Creating CloudWatch alarms" (DynamoDB developer guide). */
function ruleOf ({ metric, evaluationPeriods: periods, datapointsToAlarm: toAlarm = periods, threshold, comparison, treatMissingData = 'missing' }: MetricAlarm): Rule {
  return { periods, toAlarm, threshold, comparison, missing: metric?.namespace === 'AWS/DynamoDB' ? 'ignore' : treatMissingData }
}

/** @param cause  the alarm whose change has it evaluated */
export function evaluateComposite (alarm: CompositeAlarm, store: CloudwatchStore, cause?: Alarm): Finding | undefined {
  const value = holds(parseRule(alarm.rule), (name) => store.alarms.get(name)?.state.value) ? 'ALARM' : 'OK'
  if (value === alarm.state.value) return undefined
  if (!cause) return { value, reason: `The alarm rule is ${value === 'ALARM' ? 'true' : 'false'}` }
  const arn = alarmArn(store, cause.name)
  return {
    value,
    reason: `${arn} transitioned to ${cause.state.value} at ${longTime(cause.state.transitionedAt)}`,
    reasonData: JSON.stringify({ triggeringAlarms: [{ arn, state: { value: cause.state.value, timestamp: new Date(cause.state.transitionedAt).toISOString().replace('Z', '+0000') } }] }),
  }
}

const LONG_DATE = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'long', day: '2-digit', month: 'long', year: 'numeric' })

/** `Friday 14 August, 2020 00:11:17 UTC`. */
function longTime (at: number): string {
  const parts = Object.fromEntries(LONG_DATE.formatToParts(at).map(({ type, value }) => [type, value]))
  return `${parts.weekday} ${parts.day} ${parts.month}, ${parts.year} ${new Date(at).toISOString().slice(11, 19)} UTC`
}
