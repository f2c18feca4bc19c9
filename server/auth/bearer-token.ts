import type { IncomingMessage } from 'node:http'
import { InvalidAuthorization, InvalidToken, Unauthorized } from './errors.ts'

const BEARER = /^bearer(?: +|$)/i
/** RFC 6750, section 2.1. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/

/**
 * The token of a request, which is accepted only in the Authorization header: URLs are logged in too many
 * places.
 * @throws 401 it is missing or cannot be a token; 400 several headers
 */
export function bearerToken ({ headers: { authorization }, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): string {
  // Node returns the first of several headers, while a proxy may use the last.
  if (rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization').length > 1) throw new InvalidAuthorization()
  if (authorization === undefined || !BEARER.test(authorization)) throw new Unauthorized()
  const token = authorization.replace(BEARER, '').trimEnd()
  if (!TOKEN.test(token)) throw new InvalidToken('it is not a token')
  return token
}
