import { createHash, randomBytes } from 'node:crypto'

/**
 * The first four letters of ids.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
 */
export type IdPrefix = 'AIDA' | 'AGPA' | 'AROA' | 'ANPA' | 'AKIA' | 'ASIA'

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Characters after the prefix. */
const ID_LENGTH = 16

/** A new id, such as `AIDA` and sixteen characters. */
export const newId = (prefix: IdPrefix): string => prefix + base32(randomBytes(10))

/** The id of something that is not stored: the same for the same name. */
export const derivedId = (prefix: IdPrefix, name: string): string => prefix + base32(createHash('sha256').update(name).digest().subarray(0, 10))

/** Bits of an access key before the account's forty: one, and the account's own begin after it. */
const ACCOUNT_SHIFT = 7n
const ACCOUNT_MASK = 0x7fffffffff80n

/** A new access key; as AWS's do, it holds the account. */
export function newAccessKeyId (prefix: 'AKIA' | 'ASIA', account: string): string {
  const bytes = randomBytes(10)
  const head = (BigInt(account) << ACCOUNT_SHIFT) | BigInt(bytes[5]! & 0x7f)
  for (let place = 5, rest = head; place >= 0; place--, rest >>= 8n) bytes[place] = Number(rest & 0xffn)
  return prefix + base32(bytes)
}

/** The account that an access key holds; `undefined` for a key of another form. */
export function accountInKey (accessKeyId: string): string | undefined {
  if (!/^(AKIA|ASIA)[A-Z2-7]{16}$/.test(accessKeyId)) return undefined
  let bits = 0n
  for (const character of accessKeyId.slice(4)) bits = (bits << 5n) | BigInt(BASE32.indexOf(character))
  const account = ((bits >> 32n) & ACCOUNT_MASK) >> ACCOUNT_SHIFT
  return account < 10n ** 12n ? String(account).padStart(12, '0') : undefined
}

/** The secret of an access key: forty characters. */
export const newSecret = (): string => randomBytes(30).toString('base64')

/** A session token: opaque, and as long as AWS's are. */
export const newSessionToken = (): string => randomBytes(264).toString('base64')

function base32 (bytes: Uint8Array): string {
  let bits = 0n
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte)
  return Array.from({ length: ID_LENGTH }, (_, place) => BASE32[Number((bits >> BigInt(5 * (ID_LENGTH - 1 - place))) & 31n)]).join('')
}
