/** DynamoDB's limits: options of the emulator, with AWS's values as defaults. */
export interface Limits {
  /** Bytes of a request. */
  requestBytes: number
  /** Minimum bytes of an answer that is compressed for clients that accept that. */
  compressedBytes: number
  itemBytes: number
  expressionBytes: number
  /** Operators and functions in an expression. */
  expressionOperators: number
  /** Operands in the list of an IN. */
  inOperands: number
  /** Levels of a value, and elements of a path. A value outside lists and maps has one level. */
  nestingLevels: number
  transactionActions: number
  transactionBytes: number
  batchWriteItems: number
  batchGetItems: number
  batchGetBytes: number
  tagsPerResource: number
  localIndexes: number
  globalIndexes: number
  /** Provisioned units of a table or an index, reads and writes each. */
  tableUnits: number
  /** What a new table or index on demand takes a second, before it has grown. */
  onDemandReadUnits: number
  onDemandWriteUnits: number
  /** What a partition gives a second, to all its keys or to a single one. */
  partitionReadUnits: number
  partitionWriteUnits: number
  /** How often a table may be switched to on-demand mode in 24 hours. */
  onDemandSwitches: number
  /** Provisioned units of all tables and indexes of an account in a region. */
  accountUnits: number
  /** How long a transaction's ClientRequestToken is remembered. */
  idempotencyMs: number
  /** Exports that may be in progress at once. */
  concurrentExports: number
  /** Imports that may be in progress at once. */
  concurrentImports: number
  /** How long after its end the ClientToken of an export or import is remembered. */
  transferTokenMs: number
  /** An item whose TTL is further in the past than this is not deleted. */
  ttlOldestMs: number
}

const KB = 1024
const DAY_MS = 86_400_000

export const AWS_LIMITS: Limits = {
  requestBytes: 16 * KB * KB,
  compressedBytes: 4 * KB,
  itemBytes: 400 * KB,
  expressionBytes: 4 * KB,
  expressionOperators: 300,
  inOperands: 100,
  nestingLevels: 32,
  transactionActions: 100,
  transactionBytes: 4 * KB * KB,
  batchWriteItems: 25,
  batchGetItems: 100,
  batchGetBytes: 16 * KB * KB,
  tagsPerResource: 50,
  localIndexes: 5,
  globalIndexes: 20,
  tableUnits: 40_000,
  onDemandReadUnits: 12_000,
  onDemandWriteUnits: 4_000,
  partitionReadUnits: 3_000,
  partitionWriteUnits: 1_000,
  onDemandSwitches: 4,
  accountUnits: 80_000,
  idempotencyMs: 10 * 60_000,
  concurrentExports: 300,
  concurrentImports: 50,
  transferTokenMs: 8 * 3_600_000,
  ttlOldestMs: 5 * 365 * DAY_MS,
}
