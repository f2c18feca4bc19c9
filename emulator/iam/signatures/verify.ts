import type { CredentialProblem } from '../../core/credentials.ts'
import type { WireRequest } from '../../core/wire.ts'
import { canonicalRequest } from './canonical-request.ts'
import { ALGORITHM, isSignature, sha256, type Signatures } from './signature.ts'

/** A signature of version 4 as a request has it. */
export interface GivenSignature {
  /** Without the access key: `20260301/us-east-1/dynamodb/aws4_request`. */
  readonly scope: string
  readonly signedHeaders: string
  readonly signature: string
  /** `20260301T120000Z`. */
  readonly date: string
  readonly presigned: boolean
}

/** Reads a signature whose parts are all there. */
export function givenSignature ({ headers, query }: WireRequest): GivenSignature {
  const authorization = headers['authorization']
  if (authorization === undefined) {
    const part = (name: string) => query.get(`X-Amz-${name}`) ?? ''
    const credential = part('Credential')
    return { scope: credential.slice(credential.indexOf('/') + 1), signedHeaders: part('SignedHeaders'), signature: part('Signature'), date: part('Date'), presigned: true }
  }
  const part = (name: string) => {
    const start = authorization.indexOf(`${name}=`) + name.length + 1
    const end = authorization.indexOf(',', start)
    return authorization.slice(start, end < 0 ? undefined : end).trim()
  }
  const credential = part('Credential')
  return {
    scope: credential.slice(credential.indexOf('/') + 1),
    signedHeaders: part('SignedHeaders'),
    signature: part('Signature'),
    date: headers['x-amz-date'] ?? headers['date'] ?? '',
    presigned: false,
  }
}

const MISMATCH = 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

/** Compares the signature of a request with the one that its sender's secret makes. */
export function verifySignature (
  signatures: Signatures, { request, given, secret, payloadHash, isS3 }: { request: WireRequest, given: GivenSignature, secret: string, payloadHash: string, isS3: boolean }
): CredentialProblem | undefined {
  const canonical = canonicalRequest({ request, signedHeaders: given.signedHeaders, payloadHash, isS3 })
  const stringToSign = `${ALGORITHM}\n${given.date}\n${given.scope}\n${sha256(canonical)}`
  if (isSignature(given.signature, signatures.sign(secret, given.scope, stringToSign))) return undefined
  return { code: 'InvalidSignatureException', message: MISMATCH, details: { stringToSign, canonical, signature: given.signature } }
}

const SKEW_MS = 15 * 60_000
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/

/** The last date that was read: requests of the same second have the same. */
let last = { date: '', time: NaN }

/** Epoch ms of `20260301T120000Z`, or of an HTTP date; NaN for anything else. */
export function timeOf (date: string): number {
  if (date !== last.date) last = { date, time: parsed(date) }
  return last.time
}

const parsed = (date: string): number => Date.parse(DATE.test(date) ? date.replace(DATE, '$1-$2-$3T$4:$5:$6Z') : date)

const basic = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`

/**
 * Whether a signature is of now, give or take 15 minutes. Clients sign by the machine's time, and know nothing of a clock that was
 * moved: a signature that was made since it was last moved counts as made by the emulator's time.
 *
 * @param times.now      the emulator's time
 * @param times.machine  the machine's time
 * @param times.movedAt  when, by the machine's time, the emulator's clock was last started or moved
 */
export function skewProblem (date: string, { now, machine, movedAt }: { now: number, machine: number, movedAt: number }): CredentialProblem | undefined {
  const signedAt = timeOf(date)
  if (Math.abs(signedAt - now) <= SKEW_MS) return undefined
  if (signedAt >= Math.floor(movedAt / 1000) * 1000 && Math.abs(signedAt - machine) <= SKEW_MS) return undefined
  const details = { skewed: date }
  if (Number.isNaN(signedAt)) return { code: 'IncompleteSignatureException', message: `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601` }
  return signedAt < now
    ? { code: 'InvalidSignatureException', message: `Signature expired: ${basic(signedAt)} is now earlier than ${basic(now - SKEW_MS)} (${basic(now)} - 15 min.)`, details }
    : { code: 'InvalidSignatureException', message: `Signature not yet current: ${basic(signedAt)} is still later than ${basic(now + SKEW_MS)} (${basic(now)} + 15 min.)`, details }
}
