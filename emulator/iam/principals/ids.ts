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

/** Bits of the first six bytes after the account's forty, which begin at the second bit. */
const ACCOUNT_SHIFT = 7n

/** A new access key; as AWS's do, it holds the account. */
export function newAccessKeyId (prefix: 'AKIA' | 'ASIA', account: string): string {
  const bytes = randomBytes(10)
  const head = (BigInt(account) << ACCOUNT_SHIFT) | BigInt(bytes[5]! & 0x7f)
  for (let place = 5, rest = head; place >= 0; place--, rest >>= 8n) bytes[place] = Number(rest & 0xffn)
  return prefix + base32(bytes)
}

/** The account that an access key holds; `undefined` for a key of another form. Each request asks, so it counts without big integers. */
export function accountInKey (accessKeyId: string): string | undefined {
  if (!/^(AKIA|ASIA)[A-Z2-7]{16}$/.test(accessKeyId)) return undefined
  // Five bits a character: the account begins at the second bit, and ends with the first bit of the ninth character.
  let account = valueAt(accessKeyId, 0) & 0b01111
  for (let place = 1; place < 8; place++) account = account * 32 + valueAt(accessKeyId, place)
  account = account * 2 + (valueAt(accessKeyId, 8) >> 4)
  return account < 1e12 ? String(account).padStart(12, '0') : undefined
}

/** What the base-32 character at a place after the prefix stands for. */
function valueAt (accessKeyId: string, place: number): number {
  const code = accessKeyId.charCodeAt(4 + place)
  return code >= A ? code - A : code - TWO + 26
}

const A = 'A'.charCodeAt(0)
const TWO = '2'.charCodeAt(0)

/** The secret of an access key: forty characters. */
export const newSecret = (): string => randomBytes(30).toString('base64')

/** A session token: opaque, and as long as AWS's are. */
export const newSessionToken = (): string => randomBytes(264).toString('base64')

function base32 (bytes: Uint8Array): string {
  let bits = 0n
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte)
  return Array.from({ length: ID_LENGTH }, (_, place) => BASE32[Number((bits >> BigInt(5 * (ID_LENGTH - 1 - place))) & 31n)]).join('')
}
