import { validation } from '../errors.ts'

/** Tokens have a multiple of 16 hexadecimal digits, and at least 112; an ARN in them is padded with spaces. */
const DIGITS = 16
const FEWEST_DIGITS = 112
const TOKEN = /^(?:[0-9a-f]{16})+$/

/**
 * A page of a list of exports or imports. Its token names the last record of the page.
 * @throws ValidationException for a token that names none of them
 */
export function pageOf<T extends { arn: string }> (records: readonly T[], { size, token }: { size: number, token: string | undefined }): { page: T[], next: string | undefined } {
  const start = token === undefined ? 0 : 1 + records.findIndex(({ arn }) => arn === arnOf(token))
  if (token !== undefined && start === 0) throw validation(`Invalid Request: Provided nextToken is invalid: ${token}`)
  const page = records.slice(start, start + size)
  return { page, next: start + size < records.length ? tokenOf(page.at(-1)!.arn) : undefined }
}

function tokenOf (arn: string): string {
  const digits = Math.max(FEWEST_DIGITS, Math.ceil(arn.length * 2 / DIGITS) * DIGITS)
  return Buffer.from(arn.padEnd(digits / 2)).toString('hex')
}

function arnOf (token: string): string | undefined {
  return TOKEN.test(token) ? Buffer.from(token, 'hex').toString().trimEnd() : undefined
}
