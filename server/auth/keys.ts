import type { CryptoKey, FlattenedJWSInput, JSONWebKeySet, JWSHeaderParameters } from 'jose'
import { stopwatch } from '../core/clock.ts'
import { KeysUnreachable } from './errors.ts'

/** An issuer in this process, whose keys need not be fetched. */
export interface LocalIssuer {
  /** The `iss` of its tokens. */
  readonly issuer: string
  keys (): Promise<JSONWebKeySet>
}

/** Finds the key that a token says it is signed with. */
export type KeyFinder = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>

/** How keys are fetched; milliseconds. */
export interface FetchTimes {
  timeout: number
  /** For so long, a token with an unknown key does not have them fetched again. */
  cooldown: number
  /** Their greatest age: a key that was withdrawn is no longer accepted. */
  maxAge: number
  /** For so long after a failure, nothing is fetched. */
  pause: number
}

const TIMES: FetchTimes = { timeout: 3_000, cooldown: 30_000, maxAge: 600_000, pause: 5_000 }

export async function localKeys (issuer: LocalIssuer): Promise<KeyFinder> {
  const { createLocalJWKSet } = await import('jose')
  return createLocalJWKSet(await issuer.keys())
}

/**
 * The keys of an issuer that has them where a Cognito user pool has them: `<issuer>/.well-known/jwks.json`. They are
 * fetched at the first use, when they have become old, and when a token names one that is not among them.
 *
 * The finder throws {@link KeysUnreachable} when there is no answer; and jose's own errors for a key that is not there.
 */
export async function remoteKeys (issuer: string, times: Partial<FetchTimes> = {}): Promise<KeyFinder> {
  const { createRemoteJWKSet, errors } = await import('jose')
  const { timeout, cooldown, maxAge, pause } = { ...TIMES, ...times }
  const keys = createRemoteJWKSet(new URL(`${issuer.replace(/\/+$/, '')}/.well-known/jwks.json`), {
    timeoutDuration: timeout,
    cooldownDuration: cooldown,
    cacheMaxAge: maxAge,
  })
  let failed = { at: -Infinity, cause: undefined as unknown }

  return async (header, token) => {
    // With those at hand, most tokens can still be checked.
    const isKnown = () => keys.fresh && keys.jwks()?.keys.some(({ kid }) => kid === header.kid)
    if (stopwatch() - failed.at < pause && !isKnown()) throw new KeysUnreachable(issuer, { cause: failed.cause })
    try {
      return await keys(header, token)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys || error instanceof errors.JOSENotSupported) throw error
      if (error instanceof DOMException && error.name === 'DataError') throw error // its key is none
      failed = { at: stopwatch(), cause: error }
      throw new KeysUnreachable(issuer, { cause: error })
    }
  }
}
