import { BatchWriteCommand, DeleteCommand, type BatchWriteCommandInput, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { StoreBusy, withTable } from '../core/errors.ts'
import { backOff, throughConflicts } from './transact.ts'

type Key = Record<string, unknown>

/** AWS's limit of one BatchWriteItem. */
const BATCH = 25
const MOST_ATTEMPTS = 12
const LONGEST_PAUSE_MS = 2_000

/**
 * Deletes items by their keys, in batches; unprocessed ones are sent again.
 * @param keys  each once
 * @throws 503 the table is missing, or some items are still unprocessed after many attempts
 */
export async function deleteKeys (documents: DynamoDBDocumentClient, table: string, keys: readonly Key[]): Promise<void> {
  for (let from = 0; from < keys.length; from += BATCH) {
    let left: NonNullable<BatchWriteCommandInput['RequestItems']>[string] = keys.slice(from, from + BATCH).map((Key) => ({ DeleteRequest: { Key } }))
    for (let attempt = 1; left.length > 0; attempt++) {
      if (attempt > MOST_ATTEMPTS) throw new StoreBusy(`Table ${table}`)
      if (attempt > 1) await backOff(attempt, LONGEST_PAUSE_MS)
      const batch = left
      const { UnprocessedItems } = await withTable(table, () => throughConflicts(() => documents.send(new BatchWriteCommand({ RequestItems: { [table]: batch } }))))
      left = UnprocessedItems?.[table] ?? []
    }
  }
}

/** Deletes one item. @returns how many there were: 0 or 1 */
export async function deleteKey (documents: DynamoDBDocumentClient, table: string, Key: Key): Promise<number> {
  const { Attributes } = await withTable(table, () => throughConflicts(() => documents.send(new DeleteCommand({ TableName: table, Key, ReturnValues: 'ALL_OLD' }))))
  return Attributes ? 1 : 0
}
