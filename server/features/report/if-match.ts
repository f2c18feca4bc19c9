import { InvalidIfMatch } from './errors.ts'

/** RFC 9110, section 8.8.3. */
const ETAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/
const VERSION = /^"(\d{1,15})"$/

/** The strong ETag of a report. Items that others have written may have no version. */
export const etagOf = ({ version = 0 }: { version?: number }): string => `"${version}"`

/**
 * Reads `If-Match` (RFC 9110, section 13.1.1).
 *
 * @returns the versions of which a report must have one: none for a header that no report can fulfil; `undefined` when any will do
 * @throws {@link InvalidIfMatch} (400)
 */
export function versionsOf (ifMatch: string | undefined): number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  const tags = ifMatch.split(',').map((tag) => tag.trim()).filter((tag) => tag !== '')
  if (tags.length === 0 || !tags.every((tag) => ETAG.test(tag))) throw new InvalidIfMatch()
  // A weak one matches nothing here: the comparison is the strong one. A foreign one matches no report either.
  return tags.flatMap((tag) => VERSION.exec(tag)?.[1] ?? []).map(Number)
}
