import { invalidParameter, notEmulated } from '../errors.ts'
import { kindOf } from './sample.ts'

/** Periods (seconds) below a minute. */
const SHORT_PERIODS = [1, 5, 10, 20, 30]

export function checkPeriod (period: number, parameter: string): void {
  if (!SHORT_PERIODS.includes(period) && period % 60 !== 0) throw invalidParameter(period, parameter)
}

export function checkStatistic (statistic: string, parameter: string): void {
  const kind = kindOf(statistic)
  if (kind === 'other') throw notEmulated(`the statistic ${statistic}`)
  if (kind === 'unknown') throw invalidParameter(statistic, parameter)
}
