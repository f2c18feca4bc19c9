import { isKey, type WantedKey } from './key-match.ts'
import { matchesWildcard } from './wildcard.ts'
import type { TracedCall } from './traced-call.ts'

/** Conditions for calls. */
export interface CallFilter {
  requestId?: string
  causedBy?: string
  service?: string
  operation?: string
  /** A table, bucket or collection, possibly one of several; `*` stands for any characters. */
  resource?: string
  index?: string
  /** One of the call's keys: an object's, an item's attributes, or the value of one of these. */
  key?: WantedKey
  account?: string
  region?: string
  result?: string
  /** Only calls that were not answered `ok`, or only those that were. */
  failed?: boolean
  /** Only calls of which a part or all was throttled, or only the others. */
  throttled?: boolean
  /** Only calls that policies of IAM refused, or would have in audit mode, or only the others. */
  denied?: boolean
  /** Only calls that came at this time or later, in epoch ms of the emulator's clock. */
  since?: number
  /** Only calls that took at least this long, in ms. */
  minDurationMs?: number
}

const EXACT = ['requestId', 'causedBy', 'service', 'operation', 'index', 'account', 'region', 'result'] as const

/** The predicate of a filter. */
export function filterFor (filter: CallFilter): (call: TracedCall) => boolean {
  const { resource, key, failed, throttled, denied, since = -Infinity, minDurationMs = 0 } = filter
  const exact = EXACT.filter((name) => filter[name] !== undefined)
  return (call) => exact.every((name) => call[name] === filter[name]) &&
    (failed === undefined || failed === (call.result !== 'ok')) && (throttled === undefined || throttled === (call.throttling !== undefined)) &&
    (denied === undefined || denied === (call.access ?? []).some(({ decision }) => decision !== 'allowed')) &&
    call.startedAt >= since && call.durationMs >= minDurationMs &&
    (resource === undefined || (call.resource?.split(',') ?? []).some((one) => matchesWildcard(one, resource))) &&
    (key === undefined || (call.keys ?? []).some((one) => isKey(key, one) || hasValue(one, key)))
}

/** Whether one of an item's key attributes, or of the members that name an object, has this value. */
function hasValue (key: unknown, wanted: WantedKey): boolean {
  return typeof wanted === 'string' && typeof key === 'object' && key !== null && Object.values(key).some((member: unknown) => {
    const value: unknown = typeof member === 'object' && member !== null ? Object.values(member)[0] : member
    return typeof value === 'string' && matchesWildcard(value, wanted)
  })
}
