import type { WireRequest } from '../../core/wire.ts'

/** What of a request is signed, beside its payload. */
export interface SignedParts {
  readonly request: Pick<WireRequest, 'method' | 'path' | 'query' | 'headers'>
  /** In lower case, as the signature names them: in order, with semicolons between them. */
  readonly signedHeaders: string
  /** In hex, or one of S3's words for a payload that is not signed. */
  readonly payloadHash: string
  /** S3 signs the path as it is; all others encode it once more. */
  readonly isS3: boolean
}

/**
 * A request in the one form that is signed.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest ({ request, signedHeaders, payloadHash, isS3 }: SignedParts): string {
  const { method, path, query, headers } = request
  let lines = ''
  for (const name of signedHeaders.split(';')) lines += `${name}:${trimmed(headers[name] ?? '')}\n`
  const canonicalPath = path === '/' ? path : isS3 ? path : path.split('/').map(encode).join('/')
  return `${method}\n${canonicalPath}\n${query.size === 0 ? '' : canonicalQuery(query)}\n${lines}\n${signedHeaders}\n${payloadHash}`
}

/** Without spaces around it, and with single spaces within. */
function trimmed (value: string): string {
  const text = value.trim()
  return text.includes('  ') ? text.replace(/ {2,}/g, ' ') : text
}

/** Sorted, encoded, and without the signature itself. */
function canonicalQuery (query: URLSearchParams): string {
  const parts: string[] = []
  for (const [name, value] of query) if (name !== 'X-Amz-Signature') parts.push(`${encode(name)}=${encode(value)}`)
  return parts.sort().join('&')
}

/** As RFC 3986 has it. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
