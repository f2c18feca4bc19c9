import type { CryptoKey, FlattenedJWSInput, JSONWebKeySet, JWSHeaderParameters } from 'jose'
import { stopwatch } from '../core/clock.ts'
import { KeysUnreachable } from './errors.ts'

/** An issuer in this process, whose keys need not be fetched. */
export interface LocalIssuer {
  /** The `iss` of its tokens. */
  readonly issuer: string
  keys (): Promise<JSONWebKeySet>
}

/** Finds the key that a token names. */
export type KeyFinder = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>

/** Times for fetching keys; milliseconds. */
export interface FetchTimes {
  timeout: number
  /** Minimum interval between fetches that tokens with unknown keys cause. */
  cooldown: number
  /** Maximum age of keys: then a withdrawn key is no longer accepted. */
  maxAge: number
  /** How long nothing is fetched after a failure. */
  pause: number
}

const TIMES: FetchTimes = { timeout: 3_000, cooldown: 30_000, maxAge: 600_000, pause: 5_000 }

export async function localKeys (issuer: LocalIssuer): Promise<KeyFinder> {
  const { createLocalJWKSet } = await import('jose')
  return createLocalJWKSet(await issuer.keys())
}

/**
 * The keys of an issuer with the paths of a Cognito user pool: `<issuer>/.well-known/jwks.json`. They are
 * fetched at first use, when they are too old, and when a token names an unknown key.
 * The finder throws {@link KeysUnreachable} if there is no answer, and jose's own errors for a missing key.
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
    // With the keys already fetched, most tokens can still be verified.
    const isKnown = () => keys.fresh && keys.jwks()?.keys.some(({ kid }) => kid === header.kid)
    if (stopwatch() - failed.at < pause && !isKnown()) throw new KeysUnreachable(issuer, { cause: failed.cause })
    try {
      return await keys(header, token)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys || error instanceof errors.JOSENotSupported) throw error
      if (error instanceof DOMException && error.name === 'DataError') throw error // it is not a usable key
      failed = { at: stopwatch(), cause: error }
      throw new KeysUnreachable(issuer, { cause: error })
    }
  }
}
