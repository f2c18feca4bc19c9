import { setTimeout as sleep } from 'node:timers/promises'
import { ConditionalCheckFailedException, TransactionCanceledException, TransactionConflictException, type CancellationReason } from '@aws-sdk/client-dynamodb'
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { withTable } from '../core/errors.ts'

/** One write of a transaction, with the name of its table in it. */
export type TransactionPart = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/** What stood in the way of a write: the item, where `ReturnValuesOnConditionCheckFailure` asked for it and there is one. */
export type Obstacle = Readonly<Record<string, unknown>> | undefined

/**
 * DynamoDB refuses a write that meets a transaction on the same item, rather than let it wait, and cancels a transaction
 * with a throttled part as a whole. The SDK tries neither again.
 */
const PASSING: ReadonlySet<string | undefined> = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])
const MOST_ATTEMPTS = 12
const FIRST_PAUSE_MS = 4
const LONGEST_PAUSE_MS = 250

/** A conditional write's answer, or `undefined` when its condition did not hold. */
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

/** Runs a write; when it meets a transaction, or is one that was throttled, again, after pauses that grow. The last refusal is thrown. */
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
 * Writes all parts or none, in one TransactWriteItems. What a conflict with another transaction, or throttling, has cancelled is tried again.
 *
 * @param send   sends the command
 * @param parts  the writes by name; `undefined` where there is nothing to write
 * @returns the parts whose condition did not hold, each with the item that it met; empty when everything is written
 * @throws a 503 when tables are missing, the store is too busy, or the conflicts do not end
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
      // A command of its own each time: its idempotency token must not be that of the refused one.
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

/** A condition that does not hold is an answer, whatever else was in the way. */
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
