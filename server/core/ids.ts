import { createHash } from 'node:crypto'

/** Code points that an id may have. */
export const LONGEST_ID = 256

/** Characters that no id may have: control characters, and halves of surrogate pairs, which UTF-8 cannot represent. */
export const ID_PATTERN = '^[^\\p{Cc}\\p{Cs}]*$'

const ID = new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${LONGEST_ID}}$`, 'u')

/** Whether a value is an id, as `IdSchema` has it. */
export const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value)

/** The separators of a composite key, and the character with which the encoding itself begins. */
const RESERVED = /[%#/]/g
/**
 * 256 encoded reserved characters have this length. With it two parts fit into a hash key (2,048 bytes), and one into an S3 key
 * (1,024).
 */
const LONGEST_PART_BYTES = 3 * LONGEST_ID

/**
 * An id as a part of a composite key: two ids never have the same, and it cannot run into another part. Ids without `%`, `#` and
 * `/` do not change; one that is too long for a key, which needs characters beyond ASCII, is replaced by its hash. An id that is a
 * whole key or attribute is stored unchanged, without this function.
 */
export function keyPart (id: string): string {
  // The path segments `.` and `..`, which clients of S3 resolve.
  if (id === '.' || id === '..') return id.replaceAll('.', '%2E')
  const encoded = id.replaceAll(RESERVED, (character) => encodeURIComponent(character))
  if (Buffer.byteLength(encoded) <= LONGEST_PART_BYTES) return encoded
  // `%s` does not begin an encoded character.
  return `%sha256-${createHash('sha256').update(id).digest('base64url')}`
}
