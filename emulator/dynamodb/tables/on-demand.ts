import type { Limits } from '../limits.ts'
import type { Units } from './throughput.ts'

/** `OnDemandThroughput`: what a table or an index on demand may use at most, a second. */
export interface MaxUnits { MaxReadRequestUnits?: number, MaxWriteRequestUnits?: number }

/** `WarmThroughput`: what a table or an index can take at once, a second. */
export interface WarmUnits { ReadUnitsPerSecond?: number, WriteUnitsPerSecond?: number }

/** What a table or an index is set to. */
interface WarmSettings { readonly ProvisionedThroughput?: Units, readonly WarmThroughput?: WarmUnits }

/** What a table or an index can take at once: what it was warmed to, and at least what every new one can take. */
export function warmOf ({ ProvisionedThroughput: units, WarmThroughput: warm }: WarmSettings, onDemand: boolean, limits: Limits): Required<WarmUnits> {
  const [read, write] = onDemand ? [limits.onDemandReadUnits, limits.onDemandWriteUnits] : [units?.ReadCapacityUnits ?? 0, units?.WriteCapacityUnits ?? 0]
  return { ReadUnitsPerSecond: Math.max(warm?.ReadUnitsPerSecond ?? 0, read), WriteUnitsPerSecond: Math.max(warm?.WriteUnitsPerSecond ?? 0, write) }
}
