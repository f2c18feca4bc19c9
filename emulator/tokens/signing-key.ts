import type { CryptoKey, JWK } from 'jose'
import type { Storage } from '../core/storage/storage.ts'

/** Cognito's, and the only one. */
export const ALGORITHM = 'RS256'

const NAME = 'signing-key'

/** What signs tokens, and what they are checked with. */
export interface SigningKey {
  /** The id by which a token names its key. */
  kid: string
  privateKey: CryptoKey
  /** As the JWKS shows it. */
  publicJwk: JWK
}

/** The key that the storage keeps; without one, a new RSA key of 2048 bits, made in a tenth of a second on another thread. */
export async function openSigningKey (storage: Pick<Storage, 'kept' | 'keep'>): Promise<SigningKey> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } = await import('jose')
  const kept = storage.kept(NAME) as JWK | undefined // nothing else is kept under that name
  const jwk = kept ?? await exportJWK((await generateKeyPair(ALGORITHM, { extractable: true })).privateKey)
  if (!kept) await storage.keep(NAME, jwk)
  const { kty, n, e } = jwk
  const kid = await calculateJwkThumbprint({ kty, n, e })
  const privateKey = await importJWK(jwk, ALGORITHM) as CryptoKey // an RSA key is one; only a symmetric one would be bytes
  return { kid, privateKey, publicJwk: { kty, n, e, kid, alg: ALGORITHM, use: 'sig' } }
}
