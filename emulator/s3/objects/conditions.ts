import { headerNotImplemented, noSuchKey, preconditionFailed } from '../errors.ts'
import type { ObjectRecord } from '../storage/records.ts'
import type { Guard } from '../storage/store.ts'

/** The conditional headers of a read. */
export interface ReadConditions {
  IfMatch?: string
  IfNoneMatch?: string
  IfModifiedSince?: string
  IfUnmodifiedSince?: string
}

export type FailedCondition = 'If-Match' | 'If-Unmodified-Since' | 'If-None-Match' | 'If-Modified-Since'

/**
 * The condition that fails, if any. Entity tags have precedence over dates (RFC 9110); an unreadable date is
 * ignored, as is a future one in If-Modified-Since.
 * @param now  epoch ms
 */
export function failedCondition (conditions: ReadConditions, object: ObjectRecord, now: number): FailedCondition | undefined {
  const { IfMatch, IfNoneMatch } = conditions
  const modified = wholeSeconds(object.lastModified)
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, object)) return 'If-Match'
  } else if (modified > readDate(conditions.IfUnmodifiedSince, Infinity)) {
    return 'If-Unmodified-Since'
  }
  if (IfNoneMatch !== undefined) return matches(IfNoneMatch, object) ? 'If-None-Match' : undefined
  const since = readDate(conditions.IfModifiedSince, -Infinity)
  return modified <= since && since <= now ? 'If-Modified-Since' : undefined
}

/** The conditions of a write. */
export interface WriteConditions {
  IfMatch?: string
  IfNoneMatch?: string
}

/**
 * Conditions that S3 itself does not accept for a write.
 * Source: LocalStack's tests/aws/services/s3, validated against AWS.
 */
export function checkWriteConditions ({ IfMatch, IfNoneMatch }: WriteConditions): void {
  if (IfMatch !== undefined && IfNoneMatch !== undefined) {
    throw headerNotImplemented('If-Match,If-None-Match', 'Multiple conditional request headers present in the request')
  }
  if ((IfNoneMatch !== undefined && IfNoneMatch !== '*') || IfMatch === '*') {
    throw headerNotImplemented('If-None-Match', 'We don\'t accept the provided value of If-None-Match header for this API')
  }
}

/** Rejects a write whose conditions fail. */
export const writeGuard = ({ IfMatch, IfNoneMatch }: WriteConditions, key: string): Guard => (existing) => {
  if (IfNoneMatch !== undefined && existing) throw preconditionFailed('If-None-Match')
  if (IfMatch === undefined) return
  if (!existing) throw noSuchKey(key)
  if (!matches(IfMatch, existing)) throw preconditionFailed('If-Match')
}

/** Rejects a conditional deletion of an object that does not exist, or that has another entity tag. */
export const deleteGuard = ({ IfMatch }: { IfMatch?: string }, key: string): Guard => writeGuard({ IfMatch }, key)

/** Entity tags may have quotes or not; `*` matches any. */
function matches (list: string, object: ObjectRecord): boolean {
  return list.split(',').map((tag) => tag.trim()).some((tag) => tag === '*' || tag.replace(/^W\//, '').replace(/^"|"$/g, '') === object.etag)
}

function readDate (text: string | undefined, otherwise: number): number {
  const date = text === undefined ? NaN : Date.parse(text)
  return Number.isNaN(date) ? otherwise : date
}

/** HTTP dates have a resolution of seconds. */
const wholeSeconds = (epochMs: number): number => Math.floor(epochMs / 1000) * 1000
