import type { TokenIssuer } from './issuer.ts'
import type { Clock } from '../core/clock.ts'

/** What a good token says, or why it is none. */
export type VerifiedToken = { sub: string, iss: string, audience: string } | { problem: 'expired' | 'issuer' | 'invalid' }

/** Checks tokens of the local issuer, by the emulator's clock. */
export interface TokenVerifier {
  verify (token: string): Promise<VerifiedToken>
}

/** @param issuer  the only one whose tokens are good */
export function tokenVerifier (issuer: Pick<TokenIssuer, 'issuer' | 'keys'>, clock: Clock): TokenVerifier {
  return {
    async verify (token) {
      const { createLocalJWKSet, decodeJwt, errors, jwtVerify } = await import('jose')
      try {
        if (decodeJwt(token).iss !== issuer.issuer) return { problem: 'issuer' }
        const { payload } = await jwtVerify(token, createLocalJWKSet(await issuer.keys()), { issuer: issuer.issuer, currentDate: new Date(clock.now()), algorithms: ['RS256'] })
        const { sub, aud, client_id: clientId } = payload
        const audience = [aud].flat()[0] ?? (typeof clientId === 'string' ? clientId : undefined)
        return typeof sub === 'string' && audience !== undefined ? { sub, iss: issuer.issuer, audience } : { problem: 'invalid' }
      } catch (error) {
        return { problem: error instanceof errors.JWTExpired ? 'expired' : 'invalid' }
      }
    },
  }
}
