import type { Comparison, MetricAlarm, Treatment } from './alarm.ts'
import { periodOf } from './alarm.ts'
import type { Datapoint, Verdict } from './judge.ts'

const COMPARED: Readonly<Record<Comparison, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
}

const TREATED: Readonly<Record<Treatment, string>> = { breaching: 'Breaching', notBreaching: 'NonBreaching', ignore: 'Ignored', missing: 'Missing' }

/** A number as AWS's services, which are written in Java, print it. */
const shown = (value: number): string => Number.isInteger(value) && Math.abs(value) < 1e7 ? `${value}.0` : String(value)

/** `dd/MM/yy HH:mm:ss`. */
function shownTime (at: number): string {
  const [, year, month, day, time] = /^\d\d(\d\d)-(\d\d)-(\d\d)T(.{8})/.exec(new Date(at).toISOString()) ?? []
  return `${day}/${month}/${year} ${time}`
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** Why an alarm comes into a state, in the words of AWS as far as they are known. */
export function reasonOf (alarm: MetricAlarm, { state, used, filled }: Verdict): string {
  const { evaluationPeriods: periods, datapointsToAlarm: toAlarm, threshold, comparison, treatMissingData: treatment = 'missing' } = alarm
  if (state === 'INSUFFICIENT_DATA') return `Insufficient Data: ${plural(periods, 'datapoint')} ${periods === 1 ? 'was' : 'were'} unknown.`
  const treated = `${plural(filled, 'missing datapoint')} ${filled === 1 ? 'was' : 'were'} treated as [${TREATED[treatment]}]`
  if (used.length === 0) return `Threshold Crossed: no datapoints were received for ${plural(periods, 'period')} and ${treated}.`
  const points = used.map(({ at, value }) => `${shown(value)} (${shownTime(at)})`).join(', ')
  const crossed = `${state === 'ALARM' ? '' : 'not '}${COMPARED[comparison]} the threshold (${shown(threshold)})`
  const verb = used.length === 1 ? 'was' : 'were'
  if (filled > 0) return `Threshold Crossed: ${plural(used.length, 'datapoint')} [${points}] ${verb} ${crossed} and ${treated}.`
  if (toAlarm === undefined) return `Threshold Crossed: ${plural(used.length, 'datapoint')} [${points}] ${verb} ${crossed}.`
  const way = state === 'ALARM' ? 'OK -> ALARM' : 'ALARM -> OK'
  const needed = state === 'ALARM' ? toAlarm : periods - toAlarm + 1
  return `Threshold Crossed: ${used.length} out of the last ${plural(periods, 'datapoint')} [${points}] ${verb} ${crossed} (minimum ${plural(needed, 'datapoint')} for ${way} transition).`
}

const javaTime = (at: number): string => new Date(at).toISOString().replace('Z', '+0000')

export function reasonDataOf (alarm: MetricAlarm, used: readonly Datapoint[], now: number): string {
  const oldestFirst = [...used].reverse()
  return JSON.stringify({
    version: '1.0',
    queryDate: javaTime(now),
    ...(oldestFirst[0] && { startDate: javaTime(oldestFirst[0].at) }),
    ...(alarm.metric && { statistic: alarm.metric.statistic, ...(alarm.metric.unit && { unit: alarm.metric.unit }) }),
    period: periodOf(alarm),
    recentDatapoints: oldestFirst.map(({ value }) => value),
    threshold: alarm.threshold,
    evaluatedDatapoints: oldestFirst.map(({ at, value, samples }) => ({ timestamp: javaTime(at), ...(samples !== undefined && { sampleCount: samples }), value })),
  })
}
