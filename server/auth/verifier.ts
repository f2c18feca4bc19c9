import type { JWTPayload } from 'jose'
import type { Config } from '../config.ts'
import type { Clock } from '../core/clock.ts'
import { isId } from '../core/ids.ts'
import { InvalidToken, TokenExpired } from './errors.ts'
import { localKeys, remoteKeys, type FetchTimes, type LocalIssuer } from './keys.ts'
import { RecentTokens } from './recent-tokens.ts'
import type { User } from './user.ts'

/**
 * Returns the user of a token.
 *
 * @throws 401 the token is not valid; 503 the issuer's keys cannot be read
 */
export type VerifyToken = (token: string) => Promise<User>

export interface TokenVerifierOptions {
  config: Pick<Config['auth'], 'issuer' | 'audience'>
  /** Used if the configuration names no issuer. */
  localIssuer?: LocalIssuer
  clock: Clock
  fetchTimes?: Partial<FetchTimes>
  /** Milliseconds for which only the expiry of a verified token is checked again. Default: a minute. */
  rememberMs?: number
}

const REMEMBER_MS = 60_000

/** Cognito's algorithm. It is the only one, and asymmetric, so that a public key cannot be used as a secret. */
const ALGORITHMS = ['RS256']

/**
 * Makes the verifier of tokens: for the issuer in the configuration, or else for the local one.
 * @returns `undefined` if there is neither
 */
export function createTokenVerifier ({ config, localIssuer, clock, fetchTimes, rememberMs = REMEMBER_MS }: TokenVerifierOptions): VerifyToken | undefined {
  const issuer = config.issuer ?? localIssuer?.issuer
  if (issuer === undefined) return undefined

  // The verifier's library is loaded with the first token: most processes never get one.
  let opened: ReturnType<typeof open> | undefined
  async function open () {
    const jose = await import('jose')
    const keys = config.issuer === undefined && localIssuer ? await localKeys(localIssuer) : await remoteKeys(issuer!, fetchTimes)
    return { jose, keys }
  }

  const recent = new RecentTokens({ keepMs: rememberMs })

  return async (token) => {
    const now = clock.now()
    const known = recent.get(token)
    if (known && now >= known.notBefore * 1000 && now < known.expires * 1000) return known.user

    opened ??= open()
    const { jose, keys } = await opened.catch((error: unknown) => {
      opened = undefined
      throw error
    })
    try {
      const { payload } = await jose.jwtVerify(token, keys, {
        issuer,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(now),
      })
      requireAudience(payload, config.audience)
      const user = userOf(payload)
      recent.add(token, { user, notBefore: payload.nbf ?? -Infinity, expires: payload.exp! }) // it is required
      return user
    } catch (error) {
      if (error instanceof jose.errors.JWTExpired) throw new TokenExpired()
      if (error instanceof jose.errors.JOSEError) throw new InvalidToken(error.message)
      if (isKeyFault(error)) throw new InvalidToken(`the issuer's key cannot be used: ${error.message}`, { cause: error })
      throw error
    }
  }
}

/** Web Crypto rejects a key with wrong numbers with a DOMException, jose one that is too short with a TypeError. */
function isKeyFault (error: unknown): error is Error {
  return error instanceof DOMException || (error instanceof TypeError && /modulusLength|JWK/.test(error.message))
}

/**
 * Checks that a token is for one of the app clients. Cognito's access tokens name theirs in `client_id`, its ID tokens
 * and other issuers' tokens in `aud`.
 */
function requireAudience ({ token_use: use, client_id: clientId, aud = [] }: JWTPayload, accepted: readonly string[]): void {
  if (use !== undefined && use !== 'access' && use !== 'id') throw new InvalidToken('it is neither an access token nor an ID token')
  const named = use === 'access' ? [clientId] : [aud].flat()
  if (!named.some((one) => typeof one === 'string' && accepted.includes(one))) throw new InvalidToken(`unexpected ${use === 'access' ? '"client_id"' : '"aud"'} claim value`)
}

function userOf ({ sub, 'cognito:groups': groups }: JWTPayload): User {
  // It is compared with ids of the API, and becomes one.
  if (!isId(sub)) throw new InvalidToken('its "sub" is not a valid user id')
  return { id: sub, groups: Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [] }
}
