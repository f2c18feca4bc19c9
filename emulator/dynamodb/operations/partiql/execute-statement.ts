import { claim } from '../../capacity/throttling-errors.ts'
import type { DynamodbContext } from '../../context.ts'
import { conditionCheckUnsupported } from '../../partiql/faults.ts'
import { planSelect } from '../../partiql/select-plan.ts'
import type { SelectStatement, WriteStatement } from '../../partiql/tree.ts'
import { planWrite } from '../../partiql/write-plan.ts'
import type { ConsumedCapacity } from '../../capacity/meter.ts'
import { note, oneConsumed, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'
import { returnConsumedCapacity } from '../../requests/shapes.ts'
import { ItemReader } from '../../storage/item-reader.ts'
import type { Item } from '../../values/item.ts'
import { applyAndCharge } from '../items/single-write.ts'
import { nextToken, positionOf } from './next-token.ts'
import { runSelect } from './run-select.ts'
import { checkParameters, readStatement, statementShapes, tableNameOf, type BoundStatement, type StatementRequest } from './statement-request.ts'

export interface ExecuteStatementInput extends StatementRequest, ReturnsCapacity {
  NextToken?: string
  Limit?: number
  /** The statement, once it has been read. */
  _read?: BoundStatement
}

interface ExecuteStatementOutput { Items: Item[], NextToken?: string, LastEvaluatedKey?: Item, ConsumedCapacity?: ConsumedCapacity }

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html
export const executeStatement: DynamodbOperation<ExecuteStatementInput> = {
  types: {
    ...statementShapes,
    ConsistentRead: 'Boolean',
    NextToken: { type: 'String', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 32_768 },
    ReturnConsumedCapacity: returnConsumedCapacity,
    Limit: { type: 'Integer', greaterThanOrEqual: 1 },
  },
  custom (input, { limits }) {
    checkParameters(input, limits)
    input._read = readStatement(input, limits)
  },
  run (input, ctx) {
    const { statement } = input._read! // `custom` has read it
    if (statement.kind === 'exists') throw conditionCheckUnsupported()
    return statement.kind === 'select' ? select(statement, input, ctx) : write(statement, input, ctx)
  },
}

async function select (statement: SelectStatement, input: ExecuteStatementInput, ctx: DynamodbContext): Promise<ExecuteStatementOutput> {
  const { binding } = input._read!
  const reader = new ItemReader(ctx.store)
  const table = reader.table(tableNameOf(statement, ctx))
  const plan = planSelect(statement, table, { binding, consistent: input.ConsistentRead === true, now: ctx.clock.now() })
  const from = input.NextToken === undefined ? undefined : positionOf(input.NextToken, input, plan)
  const view = input.ConsistentRead ? undefined : await ctx.store.lagged(table)
  const { items, scanned, next, usage } = await runSelect(reader, plan, { ...input, ...(from && { from }), ...(view && { view }) }).finally(() => view?.close())
  note(ctx, reader, { tables: [table.TableName], items: scanned, ...(plan.key && { keys: [plan.key] }), ...(plan.index && { index: plan.index.IndexName }) })
  if (ctx.throttle) claim(ctx, reader, [usage])
  return {
    Items: items,
    ...(next && { NextToken: nextToken(input, next), LastEvaluatedKey: next.key }),
    ...oneConsumed(input, reader),
  }
}

/** An answer without RETURNING has no items. */
function write (statement: WriteStatement, input: ExecuteStatementInput, ctx: DynamodbContext): Promise<ExecuteStatementOutput> {
  const { binding } = input._read!
  return ctx.store.transact(async (work) => {
    const name = tableNameOf(statement, ctx)
    await work.useTables([name])
    const table = work.table(name)
    const plan = planWrite(statement, table, binding)
    const { key, write } = plan.place()
    try {
      await work.lockItems([{ table: table.TableName, key: write.key }])
      const returned = plan.returned(applyAndCharge(work, write, ctx, input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'))
      return { Items: returned ? [returned] : [], ...oneConsumed(input, work) }
    } finally {
      note(ctx, work, { tables: [table.TableName], keys: [key], items: work.changes.length })
    }
  }, { cause: 'user', requestId: ctx.requestId })
}
