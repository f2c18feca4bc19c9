/** DynamoDB's limits. Options of the emulator with AWS's values as defaults. */
export interface Limits {
  /** Bytes of a request. */
  requestBytes: number
  /** Bytes from which an answer is compressed for who accepts that. */
  compressedBytes: number
  itemBytes: number
  expressionBytes: number
  /** Nested parentheses in an expression. AWS's own bound is not published; ours keeps the parsers quick. */
  expressionNesting: number
  transactionActions: number
  transactionBytes: number
  batchWriteItems: number
  tagsPerResource: number
  /** How long a transaction's ClientRequestToken is remembered. */
  idempotencyMs: number
  /** An item whose TTL lies further back than this is left alone. */
  ttlOldestMs: number
}

const KB = 1024
const DAY_MS = 86_400_000

export const AWS_LIMITS: Limits = {
  requestBytes: 16 * KB * KB,
  compressedBytes: 4 * KB,
  itemBytes: 400 * KB,
  expressionBytes: 4 * KB,
  expressionNesting: 12,
  transactionActions: 100,
  transactionBytes: 4 * KB * KB,
  batchWriteItems: 25,
  tagsPerResource: 50,
  idempotencyMs: 10 * 60_000,
  ttlOldestMs: 5 * 365 * DAY_MS,
}
