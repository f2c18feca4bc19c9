import { crc32 } from 'node:zlib'
import { invalidArgument } from '../errors.ts'
import type { Member } from '../requests/shape.ts'

const TOKEN = /^1([0-9a-f]{8})([\w-]+)$/

/** A token that resumes a listing after a key or a bucket; it has a checksum, so that no other text is accepted. */
export const tokenAfter = (key: string): string =>
  `1${crc32(key).toString(16).padStart(8, '0')}${Buffer.from(key).toString('base64url')}`

/** The `continuation-token` of a listing: itself, and the key that it resumes after. */
export const continuationToken: Member<{ token: string, after: string } | undefined> = {
  source: { query: 'continuation-token' },
  read ({ query }) {
    const token = query.get('continuation-token')
    if (token === null) return undefined
    const [, check, encoded = ''] = TOKEN.exec(token) ?? []
    const after = Buffer.from(encoded, 'base64url').toString()
    if (check === undefined || tokenAfter(after) !== token) {
      throw invalidArgument('The continuation token provided is incorrect', 'continuation-token')
    }
    return { token, after }
  },
}
