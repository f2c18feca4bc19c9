import { AwsError } from '../../../core/errors.ts'
import type { DynamodbContext } from '../../context.ts'
import { validation } from '../../errors.ts'
import { INCOMPLETE_KEY, TRANSACTION_NEEDS_KEY, TRANSACTION_ON_INDEX } from '../../partiql/faults.ts'
import { planSelect, type SelectPlan } from '../../partiql/select-plan.ts'
import { planExists, planWrite, type WritePlan } from '../../partiql/write-plan.ts'
import { allConsumed, note, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'
import { returnConsumedCapacity } from '../../requests/shapes.ts'
import type { Remember } from '../../storage/idempotency-tokens.ts'
import { checkedKey } from '../../storage/item-write.ts'
import type { UnitOfWork } from '../../storage/unit-of-work.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import type { Item } from '../../values/item.ts'
import { readTogether } from '../transactions/read-together.ts'
import { Reasons } from '../transactions/reasons.ts'
import { readAgain, runWrites, type Outcome, type PlacedWrite } from '../transactions/run-writes.ts'
import { selected } from './run-select.ts'
import { checkParameters, isWrite, readStatement, sourceOf, statementShapes, tableNameOf, type BoundStatement, type StatementRequest } from './statement-request.ts'

export interface ExecuteTransactionInput extends ReturnsCapacity {
  TransactStatements: StatementRequest[]
  ClientRequestToken?: string
  /** The statements, once they have been read. */
  _read?: BoundStatement[]
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
// As TransactGetItems or TransactWriteItems: all statements read, or all write.
export const executeTransaction: DynamodbOperation<ExecuteTransactionInput> = {
  types: {
    TransactStatements: {
      type: 'List',
      notNull: true,
      lengthGreaterThanOrEqual: 1,
      lengthLessThanOrEqual: 100,
      children: { type: 'ValueStruct<ParameterizedStatement>', notNull: true, children: statementShapes },
    },
    ClientRequestToken: { type: 'String', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 36 },
    ReturnConsumedCapacity: returnConsumedCapacity,
  },
  custom (input, { limits }) {
    for (const request of input.TransactStatements) checkParameters(request, limits)
    input._read = input.TransactStatements.map((request, index) => naming(index, () => readStatement(request, limits)))
    if (new Set(input._read.map(({ statement }) => isWrite(statement))).size > 1) {
      throw validation('ExecuteTransaction API does not support both read and write operations in the same request.')
    }
    for (const [index, { statement }] of input._read.entries()) naming(index, () => { checkStatement(statement) })
  },
  async run (input, ctx) {
    const { ClientRequestToken: token, _read, ReturnConsumedCapacity, ...request } = input
    const [first] = _read! // `custom` has read them, and there is one at least
    if (!isWrite(first!.statement)) return read(input, ctx)
    if (token === undefined) return write(input, ctx).then(({ output }) => output)
    const { output } = await ctx.store.idempotencyTokens.once<Outcome>(token, request, {
      first: (remember) => write(input, ctx, remember),
      again: (outcome) => ({ ...outcome, output: { Responses: [], ...allConsumed(input, readAgain(outcome, ctx), true) } }),
    })
    return output
  },
}

function checkStatement (statement: BoundStatement['statement']): void {
  const isIndexed = sourceOf(statement).index !== undefined
  if (isIndexed && (statement.kind === 'select' || statement.kind === 'exists')) throw validation(TRANSACTION_ON_INDEX)
  if ('returning' in statement && statement.returning) throw validation('RETURNING clause is not supported in ExecuteTransaction.')
}

/** Names the statement in the text of what is refused. */
function naming<T> (index: number, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ValidationException') throw error
    throw validation(`Validation failed in TransactStatements[${index}]: ${error.message}`)
  }
}

/** A statement of the transaction with its table. */
interface Tabled extends BoundStatement { readonly table: TableRecord }

/** @throws TransactionCanceledException if one of the tables does not exist */
async function withTables ({ _read: statements }: ExecuteTransactionInput, work: UnitOfWork, ctx: DynamodbContext): Promise<Tabled[]> {
  const names = statements!.map(({ statement }, index) => naming(index, () => tableNameOf(statement, ctx)))
  await work.useTables(names)
  const reasons = new Reasons(names.length, { looksAtAll: true })
  const tabled: Tabled[] = []
  for (const [index, one] of statements!.entries()) {
    reasons.attempt(index, () => { tabled.push({ ...one, table: work.table(names[index]!) }) })
  }
  reasons.assertNone()
  return tabled
}

function read (input: ExecuteTransactionInput, ctx: DynamodbContext): Promise<object> {
  return ctx.store.transact(async (work) => {
    const statements = await withTables(input, work, ctx)
    const reasons = new Reasons(statements.length, { looksAtAll: true })
    const plans: (OnePlan & { place: string })[] = []
    for (const [index, { statement, table, binding }] of statements.entries()) {
      if (statement.kind !== 'select') continue // all of them are
      const plan = naming(index, () => unlessKeyFault(() => planOne(statement, table, { binding, now: ctx.clock.now() })))
      reasons.attempt(index, () => {
        if (plan instanceof AwsError) throw plan
        plans.push({ ...plan, place: checkedKey(table, plan.key) })
      })
    }
    reasons.assertNone()
    const items = await readTogether(plans.map(({ table, place, key }) => ({ table, key: place, keyed: key })), work, ctx)
    note(ctx, work, { tables: [...new Set(plans.map(({ table }) => table.TableName))], keys: plans.map(({ key }) => key), items: items.filter(Boolean).length })
    const Responses = items.map((item, index) => item ? { Item: selected(item, plans[index]!.columns) } : {})
    return { Responses, ...allConsumed(input, work, true) }
  })
}

interface OnePlan extends SelectPlan { readonly key: Item }

/** @throws ValidationException unless a SELECT reads one item by its key */
function planOne (...[statement, table, options]: Parameters<typeof planSelect>): OnePlan {
  const plan = planSelect(statement, table, options)
  if (!plan.key) throw validation(TRANSACTION_NEEDS_KEY)
  return { ...plan, key: plan.key }
}

function write (input: ExecuteTransactionInput, ctx: DynamodbContext, remember?: Remember<Outcome>): Promise<Outcome> {
  return ctx.store.transact(async (work) => {
    const statements = await withTables(input, work, ctx)
    const plans = statements.map(({ statement, table, binding }, index) => naming(index, (): WritePlan => {
      if (statement.kind === 'exists') return planExists(statement, table, binding)
      if (statement.kind === 'select') throw new TypeError('A read among writes was let through')
      return planWrite(statement, table, binding)
    }))
    const reasons = new Reasons(plans.length, { looksAtAll: true })
    const keys: Item[] = []
    const placed: PlacedWrite[] = []
    for (const [index, plan] of plans.entries()) {
      reasons.attempt(index, () => {
        const found = unlessKeyFault(() => plan.place())
        if (found instanceof AwsError) throw found
        keys.push(found.key)
        placed.push({ ...found.write, returnsFound: input.TransactStatements[index]!.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' })
      })
    }
    const tables = [...new Set(statements.map(({ table }) => table.TableName))]
    let items = 0
    try {
      reasons.assertNone()
      const read = await runWrites(placed, work, ctx)
      items = work.changes.length
      const outcome = { read, output: { Responses: [], ...allConsumed(input, work, true) } }
      remember?.(work, outcome)
      return outcome
    } finally {
      note(ctx, work, { tables, keys, items })
    }
  }, { cause: 'user', requestId: ctx.requestId })
}

const KEY_FAULTS = [INCOMPLETE_KEY, 'Multiple conditions on same key', "Key attribute's data type should match"]

/** In a transaction a wrong key is a reason to cancel it, in the words of the operations before PartiQL. */
function unlessKeyFault<T> (run: () => T): T | AwsError {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const { message } = error
    if (KEY_FAULTS.some((text) => message.startsWith(text))) return validation('The provided key element does not match the schema')
    const [, missing] = /^Key attribute should be present in the item: Key (.*)$/s.exec(message) ?? []
    if (missing !== undefined) return validation(`One or more parameter values were invalid: Missing the key ${missing} in the item`)
    throw error
  }
}
