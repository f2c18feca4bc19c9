import { Cron } from 'croner'
import { validation } from '../errors.ts'

/** When a scheduled action runs; times are epoch ms. */
export interface Timing { Schedule: string, Timezone?: string, StartTime?: number, EndTime?: number }

const FORM = /^(at|rate|cron)\((.*)\)$/
const UNITS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/**
 * The first time after `after` (epoch ms) at which an action runs, within its start and end times; none when there is none.
 *
 * Source: "Schedule recurring scaling actions using cron expressions" (Application Auto Scaling user guide).
 * @param from  when a rate begins that has no start time
 * @throws ValidationException for a schedule that is no `at(...)`, `rate(...)` or `cron(...)`
 */
export function nextTime (timing: Timing, { after, from }: { after: number, from: number }): number | undefined {
  const { Schedule, Timezone = 'UTC', StartTime, EndTime = Infinity } = timing
  const [, kind, text = ''] = FORM.exec(Schedule) ?? []
  const earliest = Math.max(after, (StartTime ?? 0) - 1)
  let next: number | undefined
  if (kind === 'rate') next = nextOfRate(text, { earliest, begin: StartTime ?? from, Schedule })
  else if (kind === 'at' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) next = nextOf(text, { Timezone, earliest, Schedule })
  else if (kind === 'cron') next = nextOf(sevenFields(text, Schedule), { Timezone, earliest, Schedule })
  else throw invalid(Schedule)
  return next === undefined || next > EndTime ? undefined : next
}

function nextOfRate (text: string, { earliest, begin, Schedule }: { earliest: number, begin: number, Schedule: string }): number {
  const [, count = '', unit = ''] = /^(\d{1,6}) (minute|hour|day)s?$/.exec(text) ?? []
  const everyMs = Number(count) * (UNITS[unit] ?? 0)
  if (!(everyMs > 0)) throw invalid(Schedule)
  return begin + Math.max(1, Math.floor((earliest - begin) / everyMs) + 1) * everyMs
}

function nextOf (pattern: string, { Timezone, earliest, Schedule }: { Timezone: string, earliest: number, Schedule: string }): number | undefined {
  try {
    return new Cron(pattern, { timezone: Timezone, paused: true }).nextRun(new Date(earliest))?.getTime()
  } catch {
    throw invalid(Schedule)
  }
}

/** AWS's six fields, with seconds before them. AWS counts the days of a week from 1, which is Sunday. */
function sevenFields (text: string, Schedule: string): string {
  const fields = text.trim().split(/\s+/)
  if (fields.length !== 6 || (fields[2] === '?') === (fields[4] === '?')) throw invalid(Schedule)
  const [minute, hour, day, month, weekday = '', year] = fields
  const counted = weekday.replace(/(?<![#/\d])[1-7](?!\d)/g, (digit) => String(Number(digit) - 1))
  return ['0', minute, hour, day, month, counted, year].join(' ')
}

const invalid = (Schedule: string) => validation(`Invalid Schedule: ${Schedule}`)
