import { setTimeout as sleep } from 'node:timers/promises'
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { TransactWriteCommand, type DynamoDBDocumentClient, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { withTable } from '../../../core/errors.ts'
import type { FaceMeasurements } from '../measurements.ts'

/** One write of a transaction, with the name of its table in it. */
export type TransactionPart = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/** What the feature's repositories share: the client, and the count of what they use. */
export interface FaceStore {
  readonly documents: DynamoDBDocumentClient
  readonly measurements: FaceMeasurements
}

/** Every command asks for it, so that the dashboard can tell what the feature costs. */
export const METERED = { ReturnConsumedCapacity: 'TOTAL' } as const

/** DynamoDB refuses a transaction that meets another one on the same item, rather than let it wait. */
const MOST_ATTEMPTS = 12
const FIRST_PAUSE_MS = 4
const LONGEST_PAUSE_MS = 250

/** Runs one reading call on a table, counted, with a missing table or a busy store told as 503. */
export function read<T extends object> (store: FaceStore, table: string, call: () => Promise<T>): Promise<T> {
  return withTable(table, () => store.measurements.measure('readUnits', call))
}

/** Runs one writing call, as {@link read} does. */
export function write<T extends object> (store: FaceStore, table: string, call: () => Promise<T>): Promise<T> {
  return withTable(table, () => store.measurements.measure('writeUnits', call))
}

/** A conditional write's answer, or `undefined` when its condition did not hold. */
export async function unlessRefused<T> (call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined
    throw error
  }
}

/** Waits before another attempt, in real time as the SDK's own retries do: longer each time, and never all alike. */
export async function backOff (attempt: number): Promise<void> {
  await sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt))
}

/**
 * Writes all parts or none, in one TransactWriteItems. A conflict with another transaction is tried again.
 *
 * @param parts  the writes by name; `undefined` where there is nothing to write
 * @returns the names of the parts whose condition did not hold; empty when everything is written
 * @throws a 503 when tables are missing, the store is too busy, or the conflicts do not end
 */
export async function transact<N extends string> (store: FaceStore, parts: Readonly<Record<N, TransactionPart | undefined>>): Promise<ReadonlySet<N>> {
  const names = (Object.keys(parts) as N[]).filter((name) => parts[name]) // a Record over N has no other keys
  const writes = names.map((name) => parts[name]!)
  const tables = [...new Set(writes.map(tableOf))]
  return withTable(tables, async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        // A command of its own each time: its idempotency token must not be that of the refused one.
        await store.measurements.measure('writeUnits', () =>
          store.documents.send(new TransactWriteCommand({ TransactItems: writes, ...METERED })))
        return new Set()
      } catch (error) {
        const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []).map(({ Code }) => Code) : []
        const refused = names.filter((_, index) => reasons[index] === 'ConditionalCheckFailed')
        if (refused.length > 0) return new Set(refused)
        if (!reasons.includes('TransactionConflict') || attempt === MOST_ATTEMPTS) throw error
        await backOff(attempt)
      }
    }
  })
}

function tableOf ({ Put, Update, Delete, ConditionCheck }: TransactionPart): string {
  return (Put ?? Update ?? Delete ?? ConditionCheck)?.TableName ?? ''
}
