import { accountOf, type Context } from '../../core/context.ts'
import type { Origin } from '../../core/service.ts'
import type { WireRequest } from '../../core/wire.ts'
import { accessDenied, credentialsRefused, invalidArgument, invalidRequest, queryParametersError, requestExpired } from '../errors.ts'
import type { Limits } from '../limits.ts'

/** The caller of a request, and how it is signed; signatures themselves are not verified. */
export interface Signer {
  account: string
  accessKeyId: string | undefined
  /** Signature version 2 has no region. */
  region: string | undefined
  version: 2 | 4
  /** Presigned, rather than signed in a header. */
  inQuery: boolean
}

/**
 * Reads the caller of a request: version 4, or version 2, with which the AWS CLI and boto3 still presign for endpoints
 * other than AWS's.
 * @throws S3's errors for credentials that are missing, unreadable, or presigned and expired by the emulator's clock
 */
export function authenticate (request: WireRequest, { ctx, origin, limits }: { ctx: Context, origin: Origin, limits: Limits }): Signer {
  const authorization = request.headers['authorization']
  const problem = origin.credentialProblem
  // Policies may allow what is not signed at all.
  if (problem?.code === 'MissingAuthenticationTokenException' && ctx.access && authorization === undefined && !request.query.has('AWSAccessKeyId') && !request.query.has('Signature')) {
    return { account: ctx.account, accessKeyId: undefined, region: undefined, version: 4, inQuery: false }
  }
  if (!problem) {
    const inQuery = request.query.has('X-Amz-Algorithm')
    if (inQuery) checkPresigned(request.query, ctx.startedAt, limits.presignedSeconds)
    else checkContentSha256(request.headers['x-amz-content-sha256'])
    return { account: ctx.account, accessKeyId: ctx.accessKeyId, region: ctx.region, version: 4, inQuery }
  }
  const version2 = problem.code === 'MissingAuthenticationTokenException' ? keyOfVersion2(request, ctx.startedAt) : undefined
  if (version2 === undefined) throw credentialsRefused(problem, authorization, ctx.startedAt)
  if (ctx.access) throw invalidRequest('The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.')
  return { account: accountOf(version2, ctx.account), accessKeyId: version2, region: undefined, version: 2, inQuery: authorization === undefined }
}

const STREAMING = /^STREAMING-(UNSIGNED-PAYLOAD-TRAILER|AWS4-(HMAC-SHA256|ECDSA-P256-SHA256)-PAYLOAD(-TRAILER)?)$/

/** Whether an `x-amz-content-sha256` announces a chunked upload. */
export const isStreaming = (contentSha256: string | undefined): contentSha256 is string => STREAMING.test(contentSha256 ?? '')

function checkContentSha256 (value: string | undefined): void {
  if (value === undefined) throw invalidRequest('Missing required header for this request: x-amz-content-sha256')
  if (value === 'UNSIGNED-PAYLOAD' || isStreaming(value) || /^[0-9a-f]{64}$/i.test(value)) return
  throw invalidArgument('x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    'x-amz-content-sha256', value)
}

const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
function checkPresigned (query: URLSearchParams, now: number, maxSeconds: number): void {
  if (!['AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'].includes(query.get('X-Amz-Algorithm') ?? '')) {
    throw queryParametersError('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"')
  }
  const signedAt = Date.parse((query.get('X-Amz-Date') ?? '').replace(DATE, '$1-$2-$3T$4:$5:$6Z'))
  if (!DATE.test(query.get('X-Amz-Date') ?? '') || Number.isNaN(signedAt)) {
    throw queryParametersError('X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd\'T\'HHmmss\'Z\'"')
  }
  const seconds = query.get('X-Amz-Expires')
  if (!seconds) throw credentialsRefused({ code: 'IncompleteSignatureException', message: '' }, undefined)
  if (!/^-?\d+$/.test(seconds)) throw queryParametersError('X-Amz-Expires should be a number')
  if (Number(seconds) < 0) throw queryParametersError('X-Amz-Expires must be non-negative')
  if (Number(seconds) > maxSeconds) {
    throw queryParametersError(`X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${maxSeconds} seconds`)
  }
  const expires = signedAt + Number(seconds) * 1000
  if (now > expires) throw requestExpired({ seconds, expires: isoSeconds(expires), now: isoSeconds(now) })
}

/** The access key of a request signed with version 2; `undefined` if it is not. */
function keyOfVersion2 (request: WireRequest, now: number): string | undefined {
  const header = /^AWS ([^:\s]+):\S+$/.exec(request.headers['authorization'] ?? '')
  if (header) return header[1]
  const [key, signature, expires] = ['AWSAccessKeyId', 'Signature', 'Expires'].map((name) => request.query.get(name))
  if (key == null && signature == null) return undefined
  if (!key || !signature || !expires) {
    throw accessDenied({}, 'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters')
  }
  if (!/^\d{1,11}$/.test(expires)) throw accessDenied({}, `Invalid date (should be seconds since epoch): ${expires}`)
  if (now > Number(expires) * 1000) throw requestExpired({ expires: isoSeconds(Number(expires) * 1000), now: isoSeconds(now) })
  return key
}

/** Times in S3's documents are whole seconds. */
export const isoSeconds = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}Z`

/** Query members that sign a presigned request, and have no other meaning. */
const SIGNING = new Set(['x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-expires', 'x-amz-signedheaders', 'x-amz-signature', 'x-amz-security-token'])

/**
 * The headers of a request. A presigned request may have them in the query, where SDKs put them; a checksum there is
 * ignored, as on AWS, since SDKs put that of an empty body.
 */
export function headersOf (request: WireRequest, signer: Signer): Record<string, string | undefined> {
  if (!signer.inQuery) return request.headers
  const headers = { ...request.headers }
  for (const [name, value] of request.query) {
    const header = name.toLowerCase()
    if (!header.startsWith('x-amz-') || SIGNING.has(header) || headers[header] !== undefined) continue
    if (header === 'x-amz-sdk-checksum-algorithm' || /^x-amz-checksum-(?!mode$)/.test(header)) continue
    headers[header] = headerValue(header, value)
  }
  return headers
}

/**
 * A value that is to be returned as a header.
 * @throws InvalidArgument if it is not a valid header name or value
 */
export function headerValue (name: string, value: string): string {
  if (/^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value
  throw invalidArgument('Header value cannot be represented using ISO-8859-1.', name, value)
}
