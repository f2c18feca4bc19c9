import { AwsError } from '../../../core/errors.ts'
import type { Subject } from '../../../core/faults.ts'
import type { DynamodbContext } from '../../context.ts'
import { planSelect } from '../../partiql/select-plan.ts'
import { planWrite } from '../../partiql/write-plan.ts'
import type { Item } from '../../values/item.ts'
import { isWrite, readStatement, tableNameOf, type BoundStatement, type StatementRequest } from './statement-request.ts'

/** A statement as fault rules see it: its table, the key that it names if it names one item, and what it does there. */
export interface StatementSubject extends Subject { readonly kind: 'Read' | 'Write' }

/** @param request  need not be valid; what cannot be read has no table */
export function statementSubject (request: StatementRequest, ctx: DynamodbContext): StatementSubject {
  try {
    const read = readStatement(request, ctx.limits)
    const resource = tableNameOf(read.statement, ctx)
    const key = keyOf(read, resource, ctx)
    return { resource, kind: isWrite(read.statement) ? 'Write' : 'Read', ...(key && { key }) }
  } catch (error) {
    if (error instanceof AwsError || error instanceof TypeError) return { resource: '', kind: 'Read' } // refused, or not even a statement
    throw error
  }
}

function keyOf ({ statement, binding }: BoundStatement, name: string, ctx: DynamodbContext): Item | undefined {
  const table = ctx.store.tables.get(name)
  if (!table || statement.kind === 'exists') return undefined
  try {
    return statement.kind === 'select' ? planSelect(statement, table, { binding, now: ctx.clock.now() }).key : planWrite(statement, table, binding).place().key
  } catch (error) {
    if (error instanceof AwsError) return undefined
    throw error
  }
}
