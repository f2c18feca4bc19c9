import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { EmailTokenNotFound } from './errors.ts'
import type { EmailTokens } from './repositories/email-tokens.ts'
import type { CreateEmailToken, EmailToken } from './schemas.ts'

const LIFETIME_SECONDS = 86_400
/** 128 bits for the id, 256 for the secret. */
const ID_BYTES = 16
const SECRET_BYTES = 32

/**
 * Tokens that confirm an e-mail address, valid once and for 24 hours. A token is `id.secret`: the id finds the item,
 * which has only a hash of the secret, compared in constant time. So neither the time of a lookup nor the
 * table reveals a valid token.
 */
export function createEmailTokenService ({ emailTokens, clock }: { emailTokens: EmailTokens, clock: Clock }) {
  return {
    /** Access pattern "issue a token": one PutItem. */
    async issue (userId: string, { purpose, email }: CreateEmailToken): Promise<EmailToken> {
      const tokenId = randomBytes(ID_BYTES).toString('base64url')
      const secret = randomBytes(SECRET_BYTES).toString('base64url')
      const expiresAt = Math.floor(clock.now() / 1000) + LIFETIME_SECONDS
      await emailTokens.create({ purpose, tokenId, secretHash: hashOf(secret).toString('base64url'), userId, email, expiresAt })
      return { token: `${tokenId}.${secret}`, purpose, email, expiresAt }
    },

    /**
     * Access pattern "consume a token": one GetItem, and one conditional DeleteItem, which succeeds for only one of several
     * requests.
     * @throws 404 unknown, used, expired, for another purpose or another user: the error does not say which
     */
    async consume (userId: string, { purpose, token }: { purpose: string, token: string }): Promise<{ purpose: string, email: string, userId: string }> {
      const [tokenId = '', secret = '', ...rest] = token.split('.')
      const stored = rest.length === 0 ? await emailTokens.get(purpose, tokenId) : undefined
      // If there is no item, the hash is compared with itself, so that this takes as long.
      const given = hashOf(secret)
      const isRight = timingSafeEqual(given, stored ? Buffer.from(stored.secretHash, 'base64url') : given)
      if (!stored || !isRight || stored.userId !== userId || !await emailTokens.take(stored)) throw new EmailTokenNotFound(purpose)
      return { purpose, email: stored.email, userId }
    },
  }
}

export type EmailTokenService = ReturnType<typeof createEmailTokenService>

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()
