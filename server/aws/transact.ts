import { setTimeout as sleep } from 'node:timers/promises'
import { ConditionalCheckFailedException, TransactionCanceledException, TransactionConflictException, type CancellationReason } from '@aws-sdk/client-dynamodb'
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { withTable } from '../core/errors.ts'

/** One write of a transaction, including the name of its table. */
export type TransactionPart = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/** Why a write failed: the item, if `ReturnValuesOnConditionCheckFailure` requested it and it exists. */
export type Obstacle = Readonly<Record<string, unknown>> | undefined

/**
 * DynamoDB refuses a write that conflicts with a transaction on the same item, and cancels a transaction
 * with a throttled part as a whole. The SDK retries neither.
 */
const PASSING: ReadonlySet<string | undefined> = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])
const MOST_ATTEMPTS = 12
const FIRST_PAUSE_MS = 4
const LONGEST_PAUSE_MS = 250

/** The answer of a conditional write, or `undefined` if its condition failed. */
export async function unlessRefused<T> (call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined
    throw error
  }
}

/** Waits before another attempt, in real time as the SDK's own retries do: exponential backoff with jitter. */
export async function backOff (attempt: number, longestMs = LONGEST_PAUSE_MS): Promise<void> {
  await sleep(Math.random() * Math.min(longestMs, FIRST_PAUSE_MS * 2 ** attempt))
}

/** Runs a write, and retries it with growing pauses if it conflicts with a transaction or is a throttled one. The last error is thrown. */
export async function throughConflicts<T> (write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write()
    } catch (error) {
      if (!isPassing(error) || attempt === MOST_ATTEMPTS) throw error
      await backOff(attempt)
    }
  }
}

/**
 * Writes all parts or none, in one TransactWriteItems. A transaction that was cancelled by a conflict or by throttling is retried.
 * @param send   sends the command
 * @param parts  the writes by name; `undefined` if there is nothing to write
 * @returns the parts whose condition failed, each with the item that it found; empty if everything is written
 * @throws a 503 if tables are missing, the store is too busy, or the conflicts do not end
 */
export async function transactWith<N extends string> (
  send: (command: TransactWriteCommand) => Promise<object>,
  parts: Readonly<Record<N, TransactionPart | undefined>>
): Promise<ReadonlyMap<N, Obstacle>> {
  const names = (Object.keys(parts) as N[]).filter((name) => parts[name]) // a Record over N has no other keys
  const writes = names.map((name) => parts[name]!)
  const tables = [...new Set(writes.map(tableOf))]
  return withTable(tables, async () => {
    try {
      // Each attempt is a new command: its idempotency token must differ from that of the refused one.
      await throughConflicts(() => send(new TransactWriteCommand({ TransactItems: writes, ReturnConsumedCapacity: 'TOTAL' })))
      return new Map()
    } catch (error) {
      const reasons = reasonsOf(error)
      const refused = names.flatMap((name, index): [N, Obstacle][] => {
        const { Code, Item } = reasons[index] ?? {}
        return Code === 'ConditionalCheckFailed' ? [[name, Item && unmarshall(Item)]] : []
      })
      if (refused.length === 0) throw error
      return new Map(refused)
    }
  })
}

/** A failed condition is a result, whatever else went wrong. */
function isPassing (error: unknown): boolean {
  const codes = reasonsOf(error).map(({ Code }) => Code)
  return error instanceof TransactionConflictException || (codes.some((code) => PASSING.has(code)) && !codes.includes('ConditionalCheckFailed'))
}

function reasonsOf (error: unknown): readonly CancellationReason[] {
  return error instanceof TransactionCanceledException ? error.CancellationReasons ?? [] : []
}

function tableOf ({ Put, Update, Delete, ConditionCheck }: TransactionPart): string {
  return (Put ?? Update ?? Delete ?? ConditionCheck)?.TableName ?? ''
}
