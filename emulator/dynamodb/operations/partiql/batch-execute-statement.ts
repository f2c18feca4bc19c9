import { AwsError } from '../../../core/errors.ts'
import { Meter } from '../../capacity/meter.ts'
import { claim } from '../../capacity/throttling-errors.ts'
import type { DynamodbContext } from '../../context.ts'
import { accessDenied, validation } from '../../errors.ts'
import { BATCH_NEEDS_KEY, conditionCheckUnsupported } from '../../partiql/faults.ts'
import { planSelect } from '../../partiql/select-plan.ts'
import type { SelectStatement, WriteStatement } from '../../partiql/tree.ts'
import { planWrite } from '../../partiql/write-plan.ts'
import { allConsumed, note, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'
import { returnConsumedCapacity } from '../../requests/shapes.ts'
import { ItemReader } from '../../storage/item-reader.ts'
import type { Item } from '../../values/item.ts'
import { applyAndCharge } from '../items/single-write.ts'
import { runSelect } from './run-select.ts'
import { withResourcePolicy } from '../resource-policies/policy-access.ts'
import { statementAccess } from './statement-access.ts'
import { checkParameters, isWrite, readStatement, statementShapes, tableNameOf, type BoundStatement, type StatementRequest } from './statement-request.ts'

export interface BatchExecuteStatementInput extends ReturnsCapacity { Statements: StatementRequest[] }

interface StatementAnswer { Error?: { Code: string, Message: string }, Item?: Item, TableName?: string }

/** The shorter codes that a batch has for errors. Source: `BatchStatementErrorCodeEnum`, service model. */
const CODES: Readonly<Record<string, string>> = {
  ConditionalCheckFailedException: 'ConditionalCheckFailed',
  ItemCollectionSizeLimitExceededException: 'ItemCollectionSizeLimitExceeded',
  RequestLimitExceeded: 'RequestLimitExceeded',
  ValidationException: 'ValidationError',
  ProvisionedThroughputExceededException: 'ProvisionedThroughputExceeded',
  TransactionConflictException: 'TransactionConflict',
  ThrottlingException: 'ThrottlingError',
  InternalServerError: 'InternalServerError',
  ResourceNotFoundException: 'ResourceNotFound',
  AccessDeniedException: 'AccessDenied',
  DuplicateItemException: 'DuplicateItem',
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
// Statements run one after another, each by itself; the error of one is its own answer.
export const batchExecuteStatement: DynamodbOperation<BatchExecuteStatementInput> = {
  types: {
    Statements: {
      type: 'List',
      notNull: true,
      lengthGreaterThanOrEqual: 1,
      lengthLessThanOrEqual: 25,
      children: { type: 'ValueStruct<BatchStatementRequest>', notNull: true, children: { ...statementShapes, ConsistentRead: 'Boolean' } },
    },
    ReturnConsumedCapacity: returnConsumedCapacity,
  },
  async run (input, ctx) {
    const statements = input.Statements.map((request) => readOrError(request, ctx))
    const read = statements.filter((one): one is BoundStatement => !(one instanceof AwsError))
    if (new Set(read.map(({ statement }) => isWrite(statement))).size > 1) {
      throw validation('BatchExecuteStatement API does not support both read and write operations in the same request.')
    }
    checkWrites(read, ctx)
    const batch = new Batch(ctx)
    const Responses: StatementAnswer[] = []
    for (const [index, one] of statements.entries()) {
      Responses.push(one instanceof AwsError ? errorOf(one) : await batch.answer(one, input.Statements[index]!))
    }
    if (ctx.notes.throttling) await ctx.clock.throttled()
    note(ctx, batch, { tables: [...batch.tables], keys: batch.keys, items: batch.items })
    return { Responses, ...allConsumed(input, batch) }
  },
}

function readOrError (request: StatementRequest, { limits }: DynamodbContext): BoundStatement | AwsError {
  try {
    checkParameters(request, limits)
    return readStatement(request, limits)
  } catch (error) {
    if (error instanceof AwsError) return error
    throw error
  }
}

/** @throws ValidationException if two of the statements write one item */
function checkWrites (statements: readonly BoundStatement[], ctx: DynamodbContext): void {
  const seen = new Set<string>()
  for (const { statement, binding } of statements) {
    if (statement.kind === 'select' || statement.kind === 'exists') continue
    try {
      const table = new ItemReader(ctx.store).table(tableNameOf(statement, ctx))
      const { key } = planWrite(statement, table, binding).place().write
      const place = `${table.TableName}~${key}`
      if (seen.has(place)) throw new TwoWrites()
      seen.add(place)
    } catch (error) {
      if (error instanceof TwoWrites) throw validation('Provided list of item keys contains duplicates')
      if (!(error instanceof AwsError)) throw error // what a statement is refused for is its own answer
    }
  }
}

class TwoWrites extends Error {}

function errorOf ({ code, message }: AwsError): StatementAnswer {
  return { Error: { Code: CODES[code] ?? code, Message: message } }
}

/** Runs the statements of a batch, and adds up what they use. */
class Batch {
  readonly #ctx: DynamodbContext
  readonly meter = new Meter()
  readonly tables = new Set<string>()
  readonly keys: Item[] = []
  items = 0

  constructor (ctx: DynamodbContext) {
    this.#ctx = ctx
  }

  /** An error names the table only if the statement got as far as its item. */
  async answer ({ statement, binding }: BoundStatement, { ConsistentRead = false }: StatementRequest): Promise<StatementAnswer> {
    const run = { ran: false }
    try {
      const TableName = tableNameOf(statement, this.#ctx)
      this.tables.add(TableName)
      if (statement.kind === 'exists') throw conditionCheckUnsupported()
      const denial = this.#ctx.access?.check([withResourcePolicy(statementAccess({ statement, binding }, this.#ctx, 'BatchExecuteStatement'), this.#ctx)], this.#ctx)
      if (denial) throw accessDenied(denial.message)
      const item = statement.kind === 'select'
        ? await this.#select(statement, { statement, binding }, ConsistentRead)
        : await this.#write(statement, { statement, binding }, run)
      return { TableName, ...(item && { Item: item }) }
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      return { ...errorOf(error), ...(run.ran && { TableName: tableNameOf(statement, this.#ctx) }) }
    }
  }

  async #select (statement: SelectStatement, { binding }: BoundStatement, ConsistentRead: boolean): Promise<Item | undefined> {
    const reader = new ItemReader(this.#ctx.store)
    const table = reader.table(tableNameOf(statement, this.#ctx))
    const plan = planSelect(statement, table, { binding, consistent: ConsistentRead, now: this.#ctx.clock.now() })
    if (!plan.key) throw validation(BATCH_NEEDS_KEY)
    this.keys.push(plan.key)
    const view = ConsistentRead ? undefined : await this.#ctx.store.lagged(table)
    const { items, usage } = await runSelect(reader, plan, { ConsistentRead, ...(view && { view }) }).finally(() => view?.close())
    if (this.#ctx.throttle) claim(this.#ctx, reader, [usage])
    this.meter.add(reader.meter)
    this.items += items.length
    return items[0]
  }

  #write (statement: WriteStatement, { binding }: BoundStatement, run: { ran: boolean }): Promise<Item | undefined> {
    const { requestId, store } = this.#ctx
    return store.transact(async (work) => {
      const name = tableNameOf(statement, this.#ctx)
      await work.useTables([name])
      const plan = planWrite(statement, work.table(name), binding)
      const { key, write } = plan.place()
      this.keys.push(key)
      await work.lockItems([{ table: name, key: write.key }])
      run.ran = true
      try {
        return plan.returned(applyAndCharge(work, write, this.#ctx))
      } finally {
        this.meter.add(work.meter)
        this.items += work.changes.length
      }
    }, { cause: 'user', requestId })
  }
}
