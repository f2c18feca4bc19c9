import { limitExceeded, validation } from '../errors.ts'
import type { Limits } from '../limits.ts'

/** Provisioned units a second, as requests give them. */
export interface Units { ReadCapacityUnits: number, WriteCapacityUnits: number }

/** Provisioned units a second, as tables and indexes show them; times in epoch seconds. */
export interface Throughput extends Units { NumberOfDecreasesToday: number, LastIncreaseDateTime?: number, LastDecreaseDateTime?: number }

const HOUR_S = 3600
const DAY_S = 86_400

/** After this many decreases in a UTC day, one an hour is allowed. */
const FREE_DECREASES = 4

/** The context of the limits: account, region and time. */
export interface ThroughputContext { readonly limits: Limits, readonly region: string, readonly startedAt: number }

/** Tables on demand have no units. */
export function newThroughput (given?: Units): Throughput {
  return { ReadCapacityUnits: given?.ReadCapacityUnits ?? 0, WriteCapacityUnits: given?.WriteCapacityUnits ?? 0, NumberOfDecreasesToday: 0 }
}

/** The throughput as described at a time (epoch ms): the count of decreases restarts with every UTC day. */
export function shownThroughput (throughput: Throughput, now: number): Throughput {
  return { ...throughput, NumberOfDecreasesToday: decreasesToday(throughput, now) }
}

/**
 * @param index  the index of the units, if they are not the table's
 * @throws LimitExceededException beyond the maximum of a table or an index
 */
export function checkUnits (units: Units, { limits, region }: ThroughputContext, index?: string): void {
  for (const name of ['ReadCapacityUnits', 'WriteCapacityUnits'] as const) {
    if (units[name] <= limits.tableUnits) continue
    throw limitExceeded(`The requested ${name}${index === undefined ? '' : ` for index ${index}`}, ${units[name]}, is above the per ` +
      `${index === undefined ? 'table' : 'index'} maximum for the account in ${region}. Per table maximum: ${limits.tableUnits}. ` +
      'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.')
  }
}

/** A table's units and those of its indexes. */
interface Provisioned { readonly ProvisionedThroughput: Units, readonly GlobalSecondaryIndexes?: readonly { ProvisionedThroughput?: Units }[] }

/**
 * @param wanted  additional units
 * @throws LimitExceededException beyond the maximum of an account in a region
 */
export function checkAccountUnits (wanted: readonly Units[], tables: readonly Provisioned[], { limits, region }: ThroughputContext): void {
  for (const name of ['ReadCapacityUnits', 'WriteCapacityUnits'] as const) {
    const requested = wanted.reduce((sum, units) => sum + units[name], 0)
    if (requested <= 0) continue
    const reserved = tables.flatMap(({ ProvisionedThroughput: units, GlobalSecondaryIndexes = [] }) => [units, ...GlobalSecondaryIndexes.map(({ ProvisionedThroughput }) => ProvisionedThroughput)])
      .reduce((sum, units) => sum + (units?.[name] ?? 0), 0)
    if (reserved + requested <= limits.accountUnits) continue
    throw limitExceeded(`This request would have caused the ${name} limit to be exceeded for the account in ${region}. ` +
      `Current ${name} reserved by the account: ${reserved}. Limit: ${limits.accountUnits}. Requested: ${requested}. ` +
      'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.')
  }
}

/**
 * @param index  the index of the throughput, if it is not the table's
 * @throws ValidationException if nothing would change, LimitExceededException for one decrease too many
 */
export function changeThroughput (current: Throughput, wanted: Units, ctx: ThroughputContext, index?: string): Throughput {
  const { ReadCapacityUnits: read, WriteCapacityUnits: write } = wanted
  if (read === current.ReadCapacityUnits && write === current.WriteCapacityUnits) {
    const [one, other] = index === undefined ? ['the table', 'the table'] : [`the index ${index}`, `index ${index}`]
    throw validation(`The provisioned throughput for ${one} will not change. The requested value equals the current value. ` +
      `Current ReadCapacityUnits provisioned for ${other}: ${read}. Requested ReadCapacityUnits: ${read}. ` +
      `Current WriteCapacityUnits provisioned for ${other}: ${write}. Requested WriteCapacityUnits: ${write}. ` +
      'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.')
  }
  checkUnits(wanted, ctx, index)
  const now = ctx.startedAt / 1000
  const increases = read > current.ReadCapacityUnits || write > current.WriteCapacityUnits
  const decreases = read < current.ReadCapacityUnits || write < current.WriteCapacityUnits
  if (decreases) checkDecrease(current, ctx.startedAt)
  return {
    ...current,
    ReadCapacityUnits: read,
    WriteCapacityUnits: write,
    NumberOfDecreasesToday: decreasesToday(current, ctx.startedAt) + Number(decreases),
    ...(increases && { LastIncreaseDateTime: now }),
    ...(decreases && { LastDecreaseDateTime: now }),
  }
}

function decreasesToday ({ NumberOfDecreasesToday, LastDecreaseDateTime = 0 }: Throughput, now: number): number {
  return Math.floor(LastDecreaseDateTime / DAY_S) === Math.floor(now / 1000 / DAY_S) ? NumberOfDecreasesToday : 0
}

function checkDecrease (current: Throughput, now: number): void {
  const { LastDecreaseDateTime: last = 0 } = current
  const count = decreasesToday(current, now)
  if (count < FREE_DECREASES || now / 1000 >= last + HOUR_S) return
  const midnight = (Math.floor(last / DAY_S) + 1) * DAY_S
  throw limitExceeded('Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. ' +
    `After the first ${FREE_DECREASES} decreases, each subsequent decrease in the same UTC day can be performed at most once every ${HOUR_S} seconds. ` +
    `Number of decreases today: ${count}. Last decrease at ${inWords(last)}. Next decrease can be made at ${inWords(Math.min(last + HOUR_S, midnight))}`)
}

/**
 * The times of the switches to on-demand mode in the last 24 hours, with one more now.
 * @throws LimitExceededException beyond what AWS allows
 */
export function switchToOnDemand (before: readonly number[] = [], { limits, startedAt: now }: ThroughputContext): number[] {
  const recent = before.filter((at) => at > now - DAY_S * 1000)
  if (recent.length >= limits.onDemandSwitches) {
    throw limitExceeded(`Subscriber limit exceeded: Updates to PayPerRequest mode are limited to ${limits.onDemandSwitches} times in 1 day(s). ` +
      `Last update at ${inWords(recent.at(-1)! / 1000)}. Next update can be made at ${inWords(recent[0]! / 1000 + DAY_S)}`)
  }
  return [...recent, now]
}

/** `Friday, October 9, 2026 at 12:21:34 AM Coordinated Universal Time` */
function inWords (seconds: number): string {
  const date = new Date(seconds * 1000)
  const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeZone: 'UTC' }).format(date)
  const time = new Intl.DateTimeFormat('en-US', { timeStyle: 'medium', timeZone: 'UTC' }).format(date).replace(/\s/gu, ' ')
  return `${day} at ${time} Coordinated Universal Time`
}
