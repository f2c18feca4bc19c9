import { createHmac, timingSafeEqual } from 'node:crypto'
import { apiError } from './errors.ts'

export const InvalidPageToken = apiError('INVALID_PAGE_TOKEN', 'lastEvaluatedKey is not a token of this list', 400)

/** A DynamoDB key: strings and numbers, as in all of our tables. */
export type PageKey = Record<string, unknown>

/** Converts the key at which a page ended to an opaque token, and back. */
export interface PageTokens {
  /**
   * @param scope  index and owner of the list, such as `registrations/EventIndex/event-1`: the token is valid for it alone
   * @param key    `LastEvaluatedKey` of the answer; `undefined` on the last page gives `null`
   */
  encode (scope: string, key: PageKey): string
  encode (scope: string, key: PageKey | undefined): string | null
  /**
   * @param token  the client's token; `undefined` for the first page gives `undefined`
   * @throws {@link InvalidPageToken} (400) for a token that was tampered with or belongs to another scope
   */
  decode (scope: string, token: string): PageKey
  decode (scope: string, token: string | undefined): PageKey | undefined
}

/**
 * Makes page tokens that are signed (HMAC-SHA-256) and bound to their scope.
 *
 * @param secret  the same in every process that serves the same clients
 */
export function createPageTokens (secret: string): PageTokens {
  const seal = (scope: string, payload: string) =>
    `${payload}.${createHmac('sha256', secret).update(`${scope}\0${payload}`).digest('base64url')}`

  function encode (scope: string, key: PageKey): string
  function encode (scope: string, key: PageKey | undefined): string | null
  function encode (scope: string, key: PageKey | undefined): string | null {
    if (key === undefined) return null
    const odd = Object.entries(key).find(([, value]) => typeof value !== 'string' && typeof value !== 'number')
    if (odd) throw new TypeError(`A page token holds strings and numbers, and ${odd[0]} is neither`)
    return seal(scope, Buffer.from(JSON.stringify(key)).toString('base64url'))
  }

  function decode (scope: string, token: string): PageKey
  function decode (scope: string, token: string | undefined): PageKey | undefined
  function decode (scope: string, token: string | undefined): PageKey | undefined {
    if (token === undefined) return undefined
    const payload = token.split('.', 1)[0]!
    const given = Buffer.from(token)
    const right = Buffer.from(seal(scope, payload))
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw new InvalidPageToken()
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as PageKey // signed, so it is what encode() wrote
  }

  return { encode, decode }
}
