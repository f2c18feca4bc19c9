import { invalidToken } from './errors.ts'

/** A token says where a page begins. */
export const tokenOf = (offset: number): string => Buffer.from(JSON.stringify([1, offset])).toString('base64')

/** @throws InvalidNextToken for what {@link tokenOf} has not made */
export function offsetOf (token: string | undefined): number {
  if (token === undefined) return 0
  try {
    const [version, offset] = JSON.parse(Buffer.from(token, 'base64').toString()) as unknown[] // fails for what is no list
    if (version === 1 && typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0) return offset
  } catch {
    // As for any other text.
  }
  throw invalidToken()
}

/** A page of a list, and the token of the next one, if there is one. */
export function pageOf<T> (all: readonly T[], size: number, token: string | undefined): { page: T[], NextToken: string | undefined } {
  const offset = offsetOf(token)
  const end = offset + size
  return { page: all.slice(offset, end), NextToken: end < all.length ? tokenOf(end) : undefined }
}
