import { invalidToken } from './errors.ts'

/** A page of a list, and the token of the next one, if there is one. @throws InvalidNextTokenException */
export function pageOf<T> (all: readonly T[], size: number, token: string | undefined): { page: T[], NextToken?: string } {
  const text = token === undefined ? 'from:0' : Buffer.from(token, 'base64').toString()
  if (!/^from:\d{1,9}$/.test(text)) throw invalidToken()
  const from = Number(text.slice(5))
  const page = all.slice(from, from + size)
  return { page, ...from + size < all.length && { NextToken: Buffer.from(`from:${from + size}`).toString('base64') } }
}
