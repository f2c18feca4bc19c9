import type { TracedCall } from '../../access/control-types.ts'
import { CONSOLE_CAUSE } from '../../access/own-calls.ts'

/** A request of an API, and what its AWS calls came to. */
export interface Request {
  id: string
  /** Epoch ms, of its first call. */
  startedAt: number
  /** The sequence number of its first call. */
  first: number
  count: number
  failed: number
  /** Such as `GetItem, PutItem × 2`. */
  operations: string
  durationMs: number
  readUnits: number
  writeUnits: number
}

/** The requests that caused calls, the newest first. @param calls  oldest first */
export function requestsOf (calls: readonly TracedCall[]): Request[] {
  const byCause = new Map<string, TracedCall[]>()
  for (const call of calls) {
    if (call.causedBy === undefined || call.causedBy === CONSOLE_CAUSE) continue
    const caused = byCause.get(call.causedBy)
    if (caused) caused.push(call)
    else byCause.set(call.causedBy, [call])
  }
  return [...byCause].map(([id, caused]) => {
    const sum = (value: (call: TracedCall) => number) => caused.reduce((total, call) => total + value(call), 0)
    const [{ startedAt, sequence }] = caused as [TracedCall] // each cause has one at least
    return {
      id,
      startedAt,
      first: sequence,
      count: caused.length,
      failed: sum(({ result }) => result === 'ok' ? 0 : 1),
      operations: countedNames(caused.map(({ operation }) => operation)),
      durationMs: sum(({ durationMs }) => durationMs),
      readUnits: sum(({ readUnits }) => readUnits),
      writeUnits: sum(({ writeUnits }) => writeUnits),
    }
  }).reverse()
}

function countedNames (names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => count === 1 ? name : `${name} × ${count}`).join(', ')
}
