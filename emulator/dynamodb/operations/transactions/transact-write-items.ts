import type { DynamodbContext } from '../../context.ts'
import type { Item } from '../../values/item.ts'
import type { Shapes } from '../../requests/shapes.ts'
import { transactionTooLarge, validation } from '../../errors.ts'
import { levelsOf, TOO_DEEP } from '../../values/check-value.ts'
import { itemSize } from '../../values/item-size.ts'
import { collectionMetricsByTable, type ReturnsCollectionMetrics } from '../../storage/item-collections.ts'
import { conditionCheck, deleteWrite, putWrite, type ItemWrite } from '../../storage/item-write.ts'
import { updateWrite } from '../../storage/item-update.ts'
import { keyAttributes } from '../../values/key-encoding.ts'
import { transactedRules } from '../../requests/item-rules.ts'
import { allConsumed, note, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import {
  attributes, expressionNames, expressionValues, returnConsumedCapacity, returnItemCollectionMetrics, returnValuesOnConditionCheckFailure,
  tableName
} from '../../requests/shapes.ts'
import { checkActionCount, Reasons } from './reasons.ts'
import type { Remember } from '../../storage/idempotency-tokens.ts'
import type { UnitOfWork } from '../../storage/unit-of-work.ts'
import { readAgain, runWrites, type Outcome, type PlacedWrite } from './run-writes.ts'

interface Action {
  TableName: string
  Item?: Item
  Key?: Item
  ExpressionAttributeValues?: Item
  ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE'
}

type ActionName = 'ConditionCheck' | 'Put' | 'Delete' | 'Update'

export interface TransactWriteItemsInput extends ReturnsCapacity, ReturnsCollectionMetrics {
  TransactItems: Partial<Record<ActionName, Action>>[]
  ClientRequestToken?: string
}

/** One action as a planned write. */
interface Placed extends PlacedWrite { name: ActionName, action: Action }

/** How each action is planned. The actions have the shapes that `types` declares. */
const PLANS: Record<ActionName, (table: TableRecord, action: Action, ctx: DynamodbContext) => ItemWrite> = {
  ConditionCheck: (table, action) => conditionCheck(table, action as { Key: Item }),
  Put: (table, action) => putWrite(table, action as { Item: Item }),
  Delete: (table, action) => deleteWrite(table, action as { Key: Item }),
  Update: (table, action, ctx) => {
    // In an update, unlike in other actions, a value that is nested too deep cancels the transaction.
    if (levelsOf(action.ExpressionAttributeValues ?? {}) > ctx.limits.nestingLevels) throw validation(TOO_DEEP)
    return updateWrite(table, action as { TableName: string, Key: Item }, ctx.limits)
  },
}

const condition: Shapes = {
  TableName: tableName,
  ConditionExpression: 'String',
  ExpressionAttributeNames: expressionNames,
  ExpressionAttributeValues: expressionValues,
  ReturnValuesOnConditionCheckFailure: returnValuesOnConditionCheckFailure,
}

const struct = (type: string, children: Shapes) => ({ type: `FieldStruct<${type}>`, children })

/** The rules of each action; a condition check has those of a deletion. */
const RULES = { ConditionCheck: 'deleteItem', Put: 'putItem', Update: 'updateItem', Delete: 'deleteItem' } as const

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
// Actions run one after another on one unit of work under the locks of all their items, and are stored in one step.
// AWS cancels a transaction that conflicts with another (TransactionConflict); ours waits for the other to end.
export const transactWriteItems: DynamodbOperation<TransactWriteItemsInput> = {
  types: {
    ClientRequestToken: { type: 'String', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 36 },
    ReturnConsumedCapacity: returnConsumedCapacity,
    ReturnItemCollectionMetrics: returnItemCollectionMetrics,
    TransactItems: {
      type: 'List',
      notNull: true,
      lengthGreaterThanOrEqual: 1,
      children: {
        type: 'ValueStruct<TransactWriteItem>',
        notNull: true,
        children: {
          ConditionCheck: struct('ConditionCheck', { ...condition, Key: attributes, ConditionExpression: { type: 'String', notNull: true } }),
          Put: struct('Put', { ...condition, Item: attributes }),
          Delete: struct('Delete', { ...condition, Key: attributes }),
          Update: struct('Update', { ...condition, Key: attributes, UpdateExpression: { type: 'String', notNull: true } }),
        },
      },
    },
  },
  custom ({ TransactItems }, ctx) {
    checkActionCount(TransactItems, ctx.limits)
    for (const item of TransactItems) {
      const actions = Object.entries(item)
      if (actions.length !== 1) {
        throw validation('TransactItems can only contain one of Check, Put, Update or Delete')
      }
      for (const [name, action] of actions) transactedRules[RULES[name as ActionName]](action as never, ctx) // of the shape that was just checked
    }
    checkSize(TransactItems.flatMap((item) => Object.values(item)), ctx.limits.transactionBytes)
  },
  async run (input, ctx) {
    const { ClientRequestToken: token, ...request } = input
    if (token === undefined) return first(input, ctx).then(({ output }) => output)
    const { output } = await ctx.store.idempotencyTokens.once<Outcome>(token, request, {
      first: (remember) => first(input, ctx, remember),
      again: (outcome) => ({ ...outcome, output: allConsumed(input, readAgain(outcome, ctx), true) }),
    })
    return output
  },
}

function first (input: TransactWriteItemsInput, ctx: DynamodbContext, remember?: Remember<Outcome>): Promise<Outcome> {
  const names = input.TransactItems.flatMap((item) => Object.values(item).map(({ TableName }) => TableName))
  return ctx.store.transact(async (work) => {
    let done = false
    try {
      await work.useTables(names)
      const placed = place(input, work, ctx)
      const read = await runWrites(placed, work, ctx)
      done = true
      const written = placed.filter(({ name }) => name !== 'ConditionCheck').map(({ table, action }) => ({ table, key: keyAttributes(action.Key ?? action.Item!, table.KeySchema) }))
      const outcome = { read, output: { ...allConsumed(input, work, true), ...await collectionMetricsByTable(work, input, written) } }
      remember?.(work, outcome)
      return outcome
    } finally {
      note(ctx, work, {
        tables: [...new Set(names)],
        keys: keysOf(input, ctx),
        items: done ? work.changes.length : 0,
      })
    }
  }, { cause: 'user', requestId: ctx.requestId })
}

/** The keys that the request names; for a put, only the item's key. An item of an unknown table has no key. */
function keysOf ({ TransactItems }: TransactWriteItemsInput, { store }: DynamodbContext): Item[] {
  return TransactItems.flatMap((item) => Object.values(item)).flatMap(({ TableName, Key, Item }) => {
    const table = store.tables.get(TableName)
    return table ? [keyAttributes(Key ?? Item!, table.KeySchema)] : []
  })
}

/** Counts the items in the request, not those that it replaces or deletes. */
function checkSize (actions: Action[], transactionBytes: number): void {
  let bytes = 0
  for (const { Item, Key, ExpressionAttributeValues } of actions) bytes += itemSize(Item ?? Key!) + itemSize(ExpressionAttributeValues ?? {})
  if (bytes > transactionBytes) throw transactionTooLarge(transactionBytes)
}

function place ({ TransactItems }: TransactWriteItemsInput, work: UnitOfWork, ctx: DynamodbContext): Placed[] {
  const reasons = new Reasons(TransactItems.length)
  const placed: Placed[] = []
  for (const [index, item] of TransactItems.entries()) {
    const [name, action] = Object.entries(item)[0] as [ActionName, Action] // one action in each, by `custom`
    const table = work.table(action.TableName)
    reasons.attempt(index, () => {
      placed.push({ name, action, returnsFound: action.ReturnValuesOnConditionCheckFailure === 'ALL_OLD', ...PLANS[name](table, action, ctx) })
    })
  }
  reasons.assertNone()
  return placed
}
