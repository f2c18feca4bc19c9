import { randomUUID } from 'node:crypto'
import type { JSONWebKeySet, JWTPayload } from 'jose'
import type { Clock } from '../core/clock.ts'
import type { Storage } from '../core/storage/storage.ts'
import { ALGORITHM, openSigningKey, type SigningKey } from './signing-key.ts'
import type { CheckedTokenRequest, TokenRequest } from './token-request.ts'

/** Where the issuer is, on the emulator's own address. */
export const ISSUER_PATH = '/_sandtable/issuer'

/** A token, and what it says. */
export interface IssuedToken {
  /** To be sent as `Authorization: Bearer ...`. */
  token: string
  /** ISO 8601, by the emulator's clock. */
  expiresAt: string
  claims: JWTPayload
}

export interface TokenIssuerOptions {
  clock: Clock
  /** The URL that tokens name as their issuer. Asked for when it is needed, since it may hold a port of the system's choice. */
  issuer: () => string
  /** Where the key is kept, if anything is. */
  storage: Pick<Storage, 'kept' | 'keep'>
}

/**
 * Gives tokens for anybody who asks, shaped like those of a Cognito user pool, and shows the key that they are checked
 * with where a pool shows its own. It asks for no password: it stands in for a pool in tests.
 *
 * Nothing is loaded or generated before the first use.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
 */
export class TokenIssuer {
  readonly #options: TokenIssuerOptions
  #key: Promise<SigningKey> | undefined

  constructor (options: TokenIssuerOptions) {
    this.#options = options
  }

  /** The `iss` of tokens; the keys are at `<issuer>/.well-known/jwks.json`. */
  get issuer (): string {
    return this.#options.issuer()
  }

  /**
   * Signs a token.
   *
   * @throws `BadTokenRequest`, which says what is wrong
   */
  async issue (request: TokenRequest): Promise<IssuedToken> {
    const [{ SignJWT }, { checkTokenRequest }] = await Promise.all([import('jose'), import('./token-request.ts')])
    const claims = this.#claims(checkTokenRequest(request))
    const { kid, privateKey } = await this.#signingKey()
    const token = await new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, kid }).sign(privateKey)
    return { token, expiresAt: new Date(claims.exp * 1000).toISOString(), claims }
  }

  /** The JWKS: what tokens are checked with. */
  async keys (): Promise<JSONWebKeySet> {
    const { publicJwk } = await this.#signingKey()
    return { keys: [publicJwk] }
  }

  /** The OpenID configuration, without the endpoints of a sign-in that there is not. */
  configuration () {
    return {
      issuer: this.issuer,
      jwks_uri: `${this.issuer}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: [ALGORITHM],
      response_types_supported: [],
      subject_types_supported: ['public'],
    }
  }

  #signingKey (): Promise<SigningKey> {
    this.#key ??= openSigningKey(this.#options.storage)
    return this.#key
  }

  #claims ({ sub, groups, ttlMs, use, clientId, claims }: CheckedTokenRequest) {
    const now = Math.floor(this.#options.clock.now() / 1000)
    return {
      ...use === 'access' && { scope: 'aws.cognito.signin.user.admin' },
      ...claims,
      sub,
      // A user without groups has no such claim.
      ...groups.length > 0 && { 'cognito:groups': groups },
      iss: this.issuer,
      ...use === 'access' ? { client_id: clientId, username: sub } : { aud: clientId, 'cognito:username': sub },
      origin_jti: randomUUID(),
      event_id: randomUUID(),
      token_use: use,
      auth_time: now,
      exp: now + Math.ceil(ttlMs / 1000),
      iat: now,
      jti: randomUUID(),
    }
  }
}
