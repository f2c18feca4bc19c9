import type { WireRequest } from './wire.ts'

/** The credential scope of a request, parsed and not verified: signatures are not checked. */
export interface CredentialScope {
  accessKeyId: string
  region: string
  service: string
}

/** Why the credentials of a request cannot be parsed, with AWS's message. */
export interface CredentialProblem {
  code: 'MissingAuthenticationTokenException' | 'IncompleteSignatureException' | 'InvalidSignatureException' | 'UnrecognizedClientException' | 'ExpiredTokenException'
  message: string
  /** What some services say of it besides. */
  details?: { accessKeyId?: string, token?: boolean, skewed?: string, stringToSign?: string, canonical?: string, signature?: string }
}

const HEADER_PARTS = ['Credential', 'Signature', 'SignedHeaders']
/** A complete Authorization header, as SDKs write it. */
const COMPLETE = /^AWS4-[\w-]+ Credential=([^/,\s]+)\/[^/,\s]*\/([^/,\s]+)\/([^/,\s]+)\/[^/,\s]+, ?SignedHeaders=[^,\s]+, ?Signature=[^,\s]+$/

const QUERY_PARTS = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date']

/** Reads the caller from the `Authorization` header or, for a presigned request, from the query. */
export function readCredentials (request: Pick<WireRequest, 'headers' | 'query'>): CredentialScope | CredentialProblem {
  const authorization = request.headers['authorization']
  const presigned = request.query.size > 0 && request.query.has('X-Amz-Algorithm')
  if (authorization !== undefined && presigned) {
    return {
      code: 'InvalidSignatureException',
      message: 'Found both \'X-Amz-Algorithm\' as a query-string param and \'Authorization\' as HTTP header.',
    }
  }
  if (presigned) return fromQuery(request.query)
  if (authorization?.trim().startsWith('AWS4-')) return fromHeader(authorization.trim(), request.headers)
  return { code: 'MissingAuthenticationTokenException', message: 'Request is missing Authentication Token' }
}

function fromHeader (authorization: string, headers: WireRequest['headers']): CredentialScope | CredentialProblem {
  const complete = headers['x-amz-date'] === undefined ? null : COMPLETE.exec(authorization)
  if (complete) return { accessKeyId: complete[1]!, region: complete[2]!, service: complete[3]! }
  const parts = new Map<string, string>()
  for (const part of authorization.split(/[, ]+/).slice(1)) {
    const equals = part.indexOf('=')
    if (equals > 0) parts.set(part.slice(0, equals), part.slice(equals + 1))
  }
  let message = HEADER_PARTS.filter((name) => !parts.get(name))
    .map((name) => `Authorization header requires '${name}' parameter. `).join('')
  if (headers['x-amz-date'] === undefined && headers['date'] === undefined) {
    message += 'Authorization header requires existence of either a \'X-Amz-Date\' or a \'Date\' header. '
  }
  if (message) return { code: 'IncompleteSignatureException', message: `${message}Authorization=${authorization}` }
  return parseScope(parts.get('Credential')!)
}

function fromQuery (query: URLSearchParams): CredentialScope | CredentialProblem {
  const message = QUERY_PARTS.filter((name) => !query.get(name))
    .map((name) => `AWS query-string parameters must include '${name}'. `).join('')
  if (message) return { code: 'IncompleteSignatureException', message: `${message}Re-examine the query-string parameters.` }
  return parseScope(query.get('X-Amz-Credential')!)
}

function parseScope (credential: string): CredentialScope | CredentialProblem {
  const [accessKeyId, , region, service, terminator, ...rest] = credential.split('/')
  if (!accessKeyId || !region || !service || !terminator || rest.some(Boolean)) {
    return {
      code: 'IncompleteSignatureException',
      message: `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    }
  }
  return { accessKeyId, region, service }
}
