import type { DynamodbContext } from '../../context.ts'
import { readUnits, writeUnits } from '../../capacity/meter.ts'
import type { Item } from '../../values/item.ts'
import type { Shapes } from '../../requests/shapes.ts'
import { transactionTooLarge, validation } from '../../errors.ts'
import { levelsOf, TOO_DEEP } from '../../values/check-value.ts'
import { itemSize } from '../../values/item-size.ts'
import { collectionMetricsByTable, type ReturnsCollectionMetrics } from '../../storage/item-collections.ts'
import { applyWrite, conditionCheck, deleteWrite, putWrite, type ItemWrite } from '../../storage/item-write.ts'
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
import { UnitOfWork } from '../../storage/unit-of-work.ts'

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
interface Placed extends ItemWrite { name: ActionName, action: Action }

/** How each action is planned. The actions are of the shapes that `types` states. */
const PLANS: Record<ActionName, (table: TableRecord, action: Action, ctx: DynamodbContext) => ItemWrite> = {
  ConditionCheck: (table, action) => conditionCheck(table, action as { Key: Item }),
  Put: (table, action) => putWrite(table, action as { Item: Item }),
  Delete: (table, action) => deleteWrite(table, action as { Key: Item }),
  Update: (table, action, ctx) => {
    // Of an update, unlike other actions, values that are nested too deep cancel the transaction.
    if (levelsOf(action.ExpressionAttributeValues ?? {}) > ctx.limits.nestingLevels) throw validation(TOO_DEEP)
    return updateWrite(table, action as { TableName: string, Key: Item }, ctx.limits)
  },
}

/** What a transaction did, for the one who sends it again. */
interface Outcome { read: { table: string, bytes: number }[] }

const condition: Shapes = {
  TableName: tableName,
  ConditionExpression: 'String',
  ExpressionAttributeNames: expressionNames,
  ExpressionAttributeValues: expressionValues,
  ReturnValuesOnConditionCheckFailure: returnValuesOnConditionCheckFailure,
}

const struct = (type: string, children: Shapes) => ({ type: `FieldStruct<${type}>`, children })

/** The rules of each action; those of a condition check are a deletion's. */
const RULES = { ConditionCheck: 'deleteItem', Put: 'putItem', Update: 'updateItem', Delete: 'deleteItem' } as const

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
// Actions run one after another on one unit of work under the locks of all their items, and are stored in one step.
// AWS cancels a transaction that meets another one (TransactionConflict); ours waits for the other to end.
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
    const { output } = await ctx.store.idempotencyTokens.once<Outcome & { output: object }>(token, request, {
      first: (remember) => first(input, ctx, remember),
      again: (outcome) => ({ ...outcome, output: again(input, outcome, ctx) }),
    })
    return output
  },
}

function first (input: TransactWriteItemsInput, ctx: DynamodbContext, remember?: Remember<Outcome & { output: object }>): Promise<Outcome & { output: object }> {
  const names = input.TransactItems.flatMap((item) => Object.values(item).map(({ TableName }) => TableName))
  return ctx.store.transact(async (work) => {
    let done = false
    try {
      await work.useTables(names)
      const placed = place(input, work, ctx)
      await work.lockItems(placed.map(({ table, key }) => ({ table: table.TableName, key })))
      runAll(placed, work)
      done = true
      // Conditions, and deletions of what is not there.
      const unchanged = placed.filter(({ table, key }) => !work.changes.some((change) => change.table === table && change.key === key))
      charge(unchanged, work)
      for (const change of work.changes) work.meter.writeItem(change, true)
      const written = placed.filter(({ name }) => name !== 'ConditionCheck').map(({ table, action }) => ({ table, key: keyAttributes(action.Key ?? action.Item!, table.KeySchema) }))
      const outcome = { read: outcomeOf(placed, work), output: { ...allConsumed(input, work, true), ...await collectionMetricsByTable(work, input, written) } }
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

/** The keys that the request names; of an item to put, its key alone. An item whose table is not known has no key. */
function keysOf ({ TransactItems }: TransactWriteItemsInput, { store }: DynamodbContext): Item[] {
  return TransactItems.flatMap((item) => Object.values(item)).flatMap(({ TableName, Key, Item }) => {
    const table = store.tables.get(TableName)
    return table ? [keyAttributes(Key ?? Item!, table.KeySchema)] : []
  })
}

/** Counts what the request holds, not what it replaces or deletes. */
function checkSize (actions: Action[], transactionBytes: number): void {
  let bytes = 0
  for (const { Item, Key, ExpressionAttributeValues } of actions) bytes += itemSize(Item ?? Key!) + itemSize(ExpressionAttributeValues ?? {})
  if (bytes > transactionBytes) throw transactionTooLarge(transactionBytes)
}

/** The same request again writes nothing, and is charged for reading what it wrote. */
function again (input: TransactWriteItemsInput, { read }: Outcome, ctx: DynamodbContext): object {
  const work = new UnitOfWork(ctx.store)
  for (const { table, bytes } of read) work.meter.read(table, readUnits(bytes, 'transactional'))
  note(ctx, work, { tables: [...new Set(read.map(({ table }) => table))], items: 0 })
  return allConsumed(input, work, true)
}

function place ({ TransactItems }: TransactWriteItemsInput, work: UnitOfWork, ctx: DynamodbContext): Placed[] {
  const reasons = new Reasons(TransactItems.length)
  const placed: Placed[] = []
  for (const [index, item] of TransactItems.entries()) {
    const [name, action] = Object.entries(item)[0] as [ActionName, Action] // one action in each, by `custom`
    const table = work.table(action.TableName)
    reasons.attempt(index, () => {
      placed.push({ name, action, ...PLANS[name](table, action, ctx) })
    })
  }
  reasons.assertNone()
  if (new Set(placed.map(({ table, key }) => `${table.TableName}~${key}`)).size < placed.length) {
    throw validation('Transaction request cannot include multiple operations on one item')
  }
  return placed
}

function runAll (placed: Placed[], work: UnitOfWork): void {
  const reasons = new Reasons(placed.length)
  for (const [index, write] of placed.entries()) {
    const found = () => write.action.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? work.found(write.table.TableName, write.key) : undefined
    reasons.attempt(index, () => { applyWrite(work, write) }, found)
  }
  try {
    reasons.assertNone()
  } catch (error) {
    charge(placed, work) // like a condition that fails outside a transaction
    throw error
  }
}

/** Charges writes by the items that they found. */
function charge (placed: Placed[], work: UnitOfWork): void {
  for (const { table, key } of placed) work.meter.write(table.TableName, writeUnits(itemSize(work.found(table.TableName, key)), true))
}

function outcomeOf (placed: Placed[], work: UnitOfWork): Outcome['read'] {
  return placed.map(({ table, key }) => {
    const change = work.changes.find((change) => change.table === table && change.key === key)
    return { table: table.TableName, bytes: change ? Math.max(change.bytesBefore, change.bytesAfter) : itemSize(work.found(table.TableName, key)) }
  })
}
