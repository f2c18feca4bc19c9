import type { CallRecord } from '../../core/traced-call.ts'
import { isServerError, isThrottled, milliseconds } from './results.ts'
import type { Count } from './counters.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html

const NAMESPACE = 'AWS/DynamoDB'

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems'])
const ITEM_CALLS = new Set([...READS, 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems', 'ExecuteStatement', 'BatchExecuteStatement', 'ExecuteTransaction'])
/** Calls whose items are counted as returned. */
const LISTS = new Set(['Query', 'Scan', 'ExecuteStatement'])

const REASON = /^(?:Table|Index)(Read|Write)(ProvisionedThroughput|KeyRangeThroughput|AccountLimit|MaxOnDemandThroughput)Exceeded$/
const RESOURCE = /:table\/([^/]+)(?:\/index\/(.+))?$/

/** Counts a call of DynamoDB. Only what is not zero is published. */
export function countDynamodbCall (call: CallRecord, count: Count): void {
  const { operation, result, notes } = call
  const tables = notes.resource === undefined || notes.resource === '' ? [] : notes.resource.split(',')
  for (const { resource, readUnits, writeUnits, local } of notes.capacity ?? []) {
    const dimensions = resourceDimensions(resource, local)
    if (readUnits > 0) count(NAMESPACE, 'ConsumedReadCapacityUnits', readUnits, 'Count', ...dimensions)
    if (writeUnits > 0) count(NAMESPACE, 'ConsumedWriteCapacityUnits', writeUnits, 'Count', ...dimensions)
  }
  if (notes.throttling) for (const { resource, reason } of notes.throttling) countThrottle(resource, reason, count)
  if (result === 'ok') {
    if (!ITEM_CALLS.has(operation)) return
    for (const table of tables) {
      count(NAMESPACE, 'SuccessfulRequestLatency', milliseconds(call.durationMs), 'Milliseconds', 'TableName', table, 'Operation', operation)
      if (notes.items !== undefined && LISTS.has(operation)) count(NAMESPACE, 'ReturnedItemCount', notes.items, 'Count', 'TableName', table, 'Operation', operation)
      if (notes.unprocessed !== undefined && !notes.throttling) for (let item = 0; item < notes.unprocessed; item++) countEvent(table, operation, count)
    }
  } else {
    countFailure(call, tables, count)
  }
}

/** The dimensions of a table or an index. Local indexes use the table's capacity, global ones their own. */
export function resourceDimensions (resource: string, local: boolean | undefined): string[] {
  const [table = '', index] = resource.split('/')
  return index === undefined || local ? ['TableName', table] : ['TableName', table, 'GlobalSecondaryIndexName', index]
}

function countFailure ({ operation, result, notes }: CallRecord, tables: readonly string[], count: Count): void {
  const reasons = notes.cancellations ?? []
  const [first = 'unknown'] = tables
  for (const reason of [result, ...reasons]) {
    if (reason === 'ConditionalCheckFailedException' || reason === 'ConditionalCheckFailed') count(NAMESPACE, 'ConditionalCheckFailedRequests', 1, 'Count', 'TableName', first)
    if (reason === 'TransactionConflictException' || reason === 'TransactionConflict') count(NAMESPACE, 'TransactionConflict', 1, 'Count', 'TableName', first)
  }
  if (isThrottled(result) || reasons.some(isThrottled)) {
    for (const table of tables) {
      count(NAMESPACE, 'ThrottledRequests', 1, 'Count', 'TableName', table, 'Operation', operation)
      if (!notes.throttling) countEvent(table, operation, count)
    }
  } else if (isServerError(result)) {
    for (const table of tables) count(NAMESPACE, 'SystemErrors', 1, 'Count', 'TableName', table, 'Operation', operation)
  } else if (result !== 'ConditionalCheckFailedException' && !reasons.includes('ConditionalCheckFailed')) {
    count(NAMESPACE, 'UserErrors', 1, 'Count')
  }
}

/** An event whose reason is not known: a throttle by a fault rule. */
function countEvent (table: string, operation: string, count: Count): void {
  count(NAMESPACE, READS.has(operation) ? 'ReadThrottleEvents' : 'WriteThrottleEvents', 1, 'Count', 'TableName', table)
}

/** @param resource  the ARN of a table or an index */
function countThrottle (resource: string, reason: string, count: Count): void {
  const [, table, index] = RESOURCE.exec(resource) ?? []
  const [, side, kind] = REASON.exec(reason) ?? []
  if (table === undefined || side === undefined) return
  const dimensions = index === undefined ? ['TableName', table] : ['TableName', table, 'GlobalSecondaryIndexName', index]
  count(NAMESPACE, `${side}ThrottleEvents`, 1, 'Count', ...dimensions)
  count(NAMESPACE, `${side}${kind}ThrottleEvents`, 1, 'Count', ...dimensions)
}

/** Counts a call of DynamoDB Streams. */
export function countStreamsCall ({ operation, result, durationMs, notes }: CallRecord, count: Count): void {
  const { resource: table, stream: label } = notes
  if (result !== 'ok') {
    if (!isThrottled(result) && !isServerError(result)) count(NAMESPACE, 'UserErrors', 1, 'Count')
    return
  }
  if (operation !== 'GetRecords' || table === undefined || label === undefined) return
  const dimensions = ['TableName', table, 'StreamLabel', label, 'Operation', operation]
  count(NAMESPACE, 'SuccessfulRequestLatency', milliseconds(durationMs), 'Milliseconds', ...dimensions)
  if (notes.items) count(NAMESPACE, 'ReturnedRecordsCount', notes.items, 'Count', ...dimensions)
  if (notes.items && notes.bytes) count(NAMESPACE, 'ReturnedBytes', notes.bytes, 'Bytes', ...dimensions)
}
