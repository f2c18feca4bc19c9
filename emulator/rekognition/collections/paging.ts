import { createHash } from 'node:crypto'
import { invalidToken } from '../errors.ts'
import type { Limits } from '../limits.ts'

/** The paging members of a list's input. */
export interface PageInput {
  NextToken?: string | undefined
  MaxResults?: number | undefined
}

export interface Page<T> {
  items: T[]
  /** `undefined` on the last page. */
  NextToken: string | undefined
}

const SCOPE_BYTES = 12
const SEQUENCE_BYTES = 6

/**
 * One page of a list in the order of its sequence numbers. Entries that are added or removed between two pages are neither
 * repeated nor cause others to be left out.
 * @param scope  identifies the list: a token is valid for its own list only
 * @throws InvalidPaginationTokenException
 */
export function pageOf<T extends { readonly sequence: number }> (
  list: readonly T[], { NextToken, MaxResults }: PageInput, { scope, limits }: { scope: readonly unknown[], limits: Limits }
): Page<T> {
  const mark = createHash('sha256').update(JSON.stringify(scope)).digest().subarray(0, SCOPE_BYTES)
  const after = NextToken === undefined ? 0 : readToken(NextToken, mark)
  const rest = list.filter(({ sequence }) => sequence > after)
  // Zero is within the model's bounds, but a page of zero entries could not make progress.
  const items = rest.slice(0, MaxResults || limits.defaultPageSize)
  return { items, NextToken: items.length < rest.length ? makeToken(items.at(-1)!.sequence, mark) : undefined }
}

function makeToken (sequence: number, mark: Buffer): string {
  const place = Buffer.alloc(SEQUENCE_BYTES)
  place.writeUIntBE(sequence, 0, SEQUENCE_BYTES)
  return Buffer.concat([mark, place]).toString('base64')
}

function readToken (token: string, mark: Buffer): number {
  const bytes = Buffer.from(token, 'base64')
  const sound = bytes.length === SCOPE_BYTES + SEQUENCE_BYTES && bytes.toString('base64') === token && bytes.subarray(0, SCOPE_BYTES).equals(mark)
  if (!sound) throw invalidToken()
  return bytes.readUIntBE(SCOPE_BYTES, SEQUENCE_BYTES)
}
