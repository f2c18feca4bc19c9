import { createHash } from 'node:crypto'

/** Code points that an id may have. */
export const LONGEST_ID = 256

/** What no id may hold: control characters, and halves of surrogate pairs, which no UTF-8 has. */
export const ID_PATTERN = '^[^\\p{Cc}\\p{Cs}]*$'

const ID = new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${LONGEST_ID}}$`, 'u')

/** Whether a value is an id, as `IdSchema` has it. */
export const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value)

/** What separates the parts of a composite key, and what the encoding itself begins with. */
const RESERVED = /[%#/]/g
/** 256 reserved characters are this long. With it two parts fit into a hash key (2,048 bytes), and one into an S3 key (1,024). */
const LONGEST_PART_BYTES = 3 * LONGEST_ID

/**
 * An id as a part of a composite key, which no two ids share and no other part can run into. Ids without `%`, `#` and `/`
 * are as they are; one that is too long for a key, which takes characters beyond ASCII, is its hash. An id that is all of a key
 * or of an attribute stays as it is, and does not come here.
 */
export function keyPart (id: string): string {
  // A path's own dots, which clients of S3 resolve.
  if (id === '.' || id === '..') return id.replaceAll('.', '%2E')
  const encoded = id.replaceAll(RESERVED, (character) => encodeURIComponent(character))
  if (Buffer.byteLength(encoded) <= LONGEST_PART_BYTES) return encoded
  // `%s` begins no encoded character.
  return `%sha256-${createHash('sha256').update(id).digest('base64url')}`
}
