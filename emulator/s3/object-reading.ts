import type { RestXmlAnswer } from '../core/protocol/rest-xml.ts'
import { openObject } from './bucket-access.ts'
import { readRange } from './byte-range.ts'
import { failedCondition } from './conditions.ts'
import type { ByteRange } from './content-store.ts'
import type { S3Context } from './context.ts'
import { preconditionFailed } from './errors.ts'
import { objectHeaders } from './object-headers.ts'
import { customerKeys, versionId } from './refusals.ts'
import { header, headerInQuery, onObject, refuseQuery, type InputOf } from './shape.ts'
import type { ObjectRecord } from './store.ts'

/** What GetObject and HeadObject take. */
export const readMembers = {
  ...onObject,
  IfMatch: header('if-match'),
  IfModifiedSince: header('if-modified-since'),
  IfNoneMatch: header('if-none-match'),
  IfUnmodifiedSince: header('if-unmodified-since'),
  Range: header('range'),
  ChecksumMode: header('x-amz-checksum-mode'),
  VersionId: versionId,
  ResponseCacheControl: headerInQuery('response-cache-control'),
  ResponseContentDisposition: headerInQuery('response-content-disposition'),
  ResponseContentEncoding: headerInQuery('response-content-encoding'),
  ResponseContentLanguage: headerInQuery('response-content-language'),
  ResponseContentType: headerInQuery('response-content-type'),
  ResponseExpires: headerInQuery('response-expires'),
}

export const readRefusals = [...customerKeys, ...refuseQuery('partNumber')]

type ReadInput = InputOf<{ members: typeof readMembers }>

/** What a read finds: an object, perhaps only a part of it, or that it has not changed. */
export type Found =
  | { object: ObjectRecord, range: ByteRange | undefined, answer: RestXmlAnswer }
  | { object?: undefined, range?: undefined, answer: RestXmlAnswer }

/**
 * Finds an object under the conditions of a read, with the answer's status and headers.
 * @throws NoSuchKey, PreconditionFailed, InvalidRange, and what refuses a bucket
 */
export function findObject (input: ReadInput, ctx: S3Context): Found {
  const object = openObject(input, ctx)
  const failed = failedCondition(input, object, ctx.startedAt)
  if (failed === 'If-Match' || failed === 'If-Unmodified-Since') throw preconditionFailed(failed)
  const range = failed ? undefined : readRange(input.Range, object.size)
  // A checksum is the whole object's; SDKs would hold the part against it.
  const headers = objectHeaders(object, { withChecksum: input.ChecksumMode === 'ENABLED' && !range })
  if (failed) {
    const kept = ['etag', 'last-modified', 'cache-control', 'expires'].map((name) => [name, headers[name]])
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
        'content-length': String(length),
        ...(range ? { 'content-range': `bytes ${range.first}-${range.last}/${object.size}` } : {}),
      },
    },
  }
}

/** Headers that the reader wants otherwise. */
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
