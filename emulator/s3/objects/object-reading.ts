import type { RestXmlAnswer } from '../../core/protocol/rest-xml.ts'
import { readRange } from './byte-range.ts'
import type { ObjectChecksum } from './checksums.ts'
import { failedCondition } from './conditions.ts'
import type { ByteRange } from '../../core/storage/content-store.ts'
import { expirationHeader } from '../configuration/lifecycle.ts'
import type { S3Context } from '../context.ts'
import { invalidPartNumber, invalidRequest, preconditionFailed } from '../errors.ts'
import { objectHeaders } from './object-headers.ts'
import { customerKeys } from '../requests/refusals.ts'
import { header, headerInQuery, onObject, wholeNumber, type InputOf } from '../requests/shape.ts'
import type { ObjectRecord } from '../storage/records.ts'
import { openObject, versionHeader, versionId } from './version-access.ts'

/** The input of GetObject and HeadObject. */
export const readMembers = {
  ...onObject,
  IfMatch: header('if-match'),
  IfModifiedSince: header('if-modified-since'),
  IfNoneMatch: header('if-none-match'),
  IfUnmodifiedSince: header('if-unmodified-since'),
  Range: header('range'),
  PartNumber: wholeNumber('partNumber', { name: 'partNumber', min: 1, max: 10_000 }),
  ChecksumMode: header('x-amz-checksum-mode'),
  VersionId: versionId,
  ResponseCacheControl: headerInQuery('response-cache-control'),
  ResponseContentDisposition: headerInQuery('response-content-disposition'),
  ResponseContentEncoding: headerInQuery('response-content-encoding'),
  ResponseContentLanguage: headerInQuery('response-content-language'),
  ResponseContentType: headerInQuery('response-content-type'),
  ResponseExpires: headerInQuery('response-expires'),
}

export const readRefusals = customerKeys

type ReadInput = InputOf<{ members: typeof readMembers }>

/** The result of a read: an object, perhaps only a part of it, or that it has not changed. */
export type Found =
  | { object: ObjectRecord, range: ByteRange | undefined, answer: RestXmlAnswer }
  | { object?: undefined, range?: undefined, answer: RestXmlAnswer }

/**
 * Finds an object under the conditions of a read, with the answer's status and headers.
 * @throws NoSuchKey, NoSuchVersion, PreconditionFailed, InvalidRange, and the errors of a bucket
 */
export function findObject (input: ReadInput, ctx: S3Context): Found {
  const { bucket, object } = openObject(input, ctx)
  const failed = failedCondition(input, object, ctx.startedAt)
  if (failed === 'If-Match' || failed === 'If-Unmodified-Since') throw preconditionFailed(failed)
  if (input.PartNumber !== undefined && input.Range !== undefined) {
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter')
  }
  const part = failed || input.PartNumber === undefined ? undefined : findPart(input.PartNumber, object)
  const range = part?.range ?? (failed ? undefined : readRange(input.Range, object.size))
  // A checksum covers the whole object or a part; for a range, SDKs would compare it with the wrong bytes.
  const checksum = part?.checksum ?? (range ? undefined : object.checksum)
  const headers = { ...objectHeaders(object, input.ChecksumMode === 'ENABLED' ? checksum : undefined), ...versionHeader(bucket, object), ...expirationHeader(bucket, object) }
  if (failed) {
    const kept = ['etag', 'last-modified', 'cache-control', 'expires', 'x-amz-version-id'].map((name) => [name, headers[name]])
    return { answer: { status: 304, headers: Object.fromEntries(kept) as Record<string, string | undefined> } } // pairs of name and header
  }
  const length = range ? range.last - range.first + 1 : object.size
  return {
    object,
    range,
    answer: {
      status: range ? 206 : 200,
      headers: {
        ...headers,
        ...overrides(input),
        ...(object.tags ? { 'x-amz-tagging-count': String(object.tags.length) } : {}),
        ...(part?.count === undefined ? {} : { 'x-amz-mp-parts-count': String(part.count) }),
        'content-length': String(length),
        ...(range ? { 'content-range': `bytes ${range.first}-${range.last}/${object.size}` } : {}),
      },
    },
  }
}

interface FoundPart {
  /** `undefined` if the object is empty. */
  range: ByteRange | undefined
  checksum?: ObjectChecksum
  /** How many parts the object has; only if it was uploaded in parts. */
  count?: number
}

/**
 * A part by the number with which it was uploaded. An object that was not uploaded in parts has one part.
 * @throws InvalidPartNumber (416)
 */
function findPart (number: number, object: ObjectRecord): FoundPart {
  let first = 0
  for (const piece of object.pieces) {
    if ((piece.partNumber ?? 1) !== number) {
      first += piece.size
      continue
    }
    const range = piece.size === 0 ? undefined : { first, last: first + piece.size - 1 }
    if (piece.partNumber === undefined) return { range, checksum: object.checksum }
    const checksum = piece.checksum === undefined ? undefined : { ...object.checksum, value: piece.checksum }
    return { range, checksum, count: object.pieces.length }
  }
  throw invalidPartNumber(number, object.pieces.length)
}

/** Headers that the request overrides. */
function overrides (input: ReadInput): Record<string, string> {
  const wanted = {
    'cache-control': input.ResponseCacheControl,
    'content-disposition': input.ResponseContentDisposition,
    'content-encoding': input.ResponseContentEncoding,
    'content-language': input.ResponseContentLanguage,
    'content-type': input.ResponseContentType,
    expires: input.ResponseExpires,
  }
  return Object.fromEntries(Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
