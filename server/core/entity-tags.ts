/**
 * Whether `If-None-Match` names an entity tag, by the weak comparison (RFC 9110, sections 8.8.3.2 and 13.1.2).
 *
 * @param ifNoneMatch  the header: `*`, or entity tags separated by commas
 */
export function namesTag (ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  return ifNoneMatch.split(',').some((tag) => opaque(tag) === opaque(etag))
}
