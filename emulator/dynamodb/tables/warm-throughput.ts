import { limitExceeded, validation } from '../errors.ts'
import type { Limits } from '../limits.ts'
import type { Units } from './throughput.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html

/** `WarmThroughput`: what a table or an index can take at once, a second. */
export interface WarmUnits { ReadUnitsPerSecond?: number, WriteUnitsPerSecond?: number }

/** What a table or an index is set to. */
export interface WarmSettings { readonly ProvisionedThroughput?: Units, readonly WarmThroughput?: WarmUnits }

/** The limits of an account in a region. */
interface Account { readonly limits: Limits, readonly region: string }

const PREFIX = 'One or more parameter values were invalid: '

const SIDES = [
  { name: 'ReadUnitsPerSecond', units: 'ReadCapacityUnits', initial: 'onDemandReadUnits' },
  { name: 'WriteUnitsPerSecond', units: 'WriteCapacityUnits', initial: 'onDemandWriteUnits' },
] as const

/** Whether anything is given: AWS treats an empty one as absent. */
export const isGiven = <T extends object> (given: T | undefined): given is T => given !== undefined && Object.keys(given).length > 0

/** What a table or an index can take at once: what it was warmed to, and at least what it begins with. */
export function warmOf ({ ProvisionedThroughput: units, WarmThroughput: warm }: WarmSettings, onDemand: boolean, limits: Limits): Required<WarmUnits> {
  const [read, write] = onDemand ? [limits.onDemandReadUnits, limits.onDemandWriteUnits] : [units?.ReadCapacityUnits ?? 0, units?.WriteCapacityUnits ?? 0]
  return { ReadUnitsPerSecond: Math.max(warm?.ReadUnitsPerSecond ?? 0, read), WriteUnitsPerSecond: Math.max(warm?.WriteUnitsPerSecond ?? 0, write) }
}

/**
 * Checks what a new table or index is warmed to.
 * @param options.index  whose it is, when it is not the table's
 * @throws ValidationException if it is less than the table begins with; LimitExceededException beyond the account's quota
 */
export function checkNewWarm ({ ProvisionedThroughput, WarmThroughput: warm }: WarmSettings, { onDemand, index, account }: { onDemand: boolean, index?: string, account: Account }): void {
  for (const { name, units, initial } of SIDES) {
    const wanted = warm?.[name]
    if (wanted === undefined) continue
    const requested = `${PREFIX}Requested ${name} for WarmThroughput for ${whose(index)} is lower than`
    if (onDemand && wanted < account.limits[initial]) {
      throw validation(`${requested} initial throughput for OnDemand. ` +
        'See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial')
    }
    if (!onDemand && wanted < (ProvisionedThroughput?.[units] ?? 0)) throw validation(`${requested} ${units} of ProvisionedThroughput`)
  }
  checkQuota(warm, index, account)
}

/**
 * Checks what a table or an index is to be warmed to.
 * @param current  what it can take now
 * @throws ValidationException if it is less than that; LimitExceededException beyond the account's quota
 */
export function checkWarmer (current: Required<WarmUnits>, wanted: WarmUnits, { index, account }: { index?: string, account: Account }): void {
  for (const { name } of SIDES) {
    if ((wanted[name] ?? Infinity) >= current[name]) continue
    throw validation(`${PREFIX}Requested ${name} for WarmThroughput for ${whose(index)} is lower than current WarmThroughput, decreasing WarmThroughput is not supported`)
  }
  checkQuota(wanted, index, account)
}

/** The larger of both, side by side. */
export const warmest = (one: WarmUnits, other: WarmUnits): WarmUnits => Object.fromEntries(SIDES.flatMap(({ name }) => {
  const largest = Math.max(one[name] ?? 0, other[name] ?? 0)
  return largest > 0 ? [[name, largest]] : []
}))

function checkQuota (wanted: WarmUnits | undefined, index: string | undefined, { limits, region }: Account): void {
  for (const { name, units } of SIDES) {
    if ((wanted?.[name] ?? 0) <= limits.tableUnits) continue
    throw limitExceeded(`Subscriber limit exceeded: Requested ${name} for WarmThroughput for ${whose(index)} exceeds TableMax${units} of the account in region ${region}`)
  }
}

const whose = (index: string | undefined): string => index === undefined ? 'table' : `index ${index}`
