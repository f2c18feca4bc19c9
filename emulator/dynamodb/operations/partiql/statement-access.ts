import type { AccessRequest } from '../../../core/access.ts'
import { AwsError } from '../../../core/errors.ts'
import type { KeyValue } from '../../../iam/evaluator/request.ts'
import type { DynamodbContext } from '../../context.ts'
import { conditionOf } from '../../partiql/conditions.ts'
import { planSelect } from '../../partiql/select-plan.ts'
import type { SelectStatement, WriteStatement } from '../../partiql/tree.ts'
import { updateOf } from '../../partiql/updates.ts'
import { membersOfTuple } from '../../partiql/values.ts'
import { planWrite } from '../../partiql/write-plan.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import type { AttributeValue } from '../../values/item.ts'
import { ACTIONS, sourceOf, tableNameOf, type BoundStatement } from './statement-request.ts'

/**
 * What a statement asks IAM for: an action of its own on the table, or on the index that it reads.
 *
 * Source: "IAM security policies with PartiQL for DynamoDB" (developer guide).
 * @param enclosing  the operation that the statement is one of
 */
export function statementAccess (bound: BoundStatement, ctx: DynamodbContext, enclosing?: string): AccessRequest {
  const { statement } = bound
  const name = tableNameOf(statement, ctx)
  const { index } = sourceOf(statement)
  const table = `arn:aws:dynamodb:${ctx.region}:${ctx.account}:table/${name}`
  return {
    action: `dynamodb:${ACTIONS[statement.kind]}`,
    resource: index === undefined ? table : `${table}/index/${index}`,
    key: (key) => key === 'dynamodb:enclosingoperation' ? enclosing : orNone(() => keyOf(key, bound, ctx, ctx.store.tables.get(name))),
  }
}

/** A statement that cannot be planned says nothing of itself, and is refused when it runs. */
function orNone (read: () => KeyValue): KeyValue {
  try {
    return read()
  } catch (error) {
    if (error instanceof AwsError) return undefined
    throw error
  }
}

function keyOf (key: string, bound: BoundStatement, ctx: DynamodbContext, table: TableRecord | undefined): KeyValue {
  const { statement } = bound
  if (!table) return undefined
  const read = statement.kind === 'exists' ? statement.select : statement
  if (key === 'dynamodb:attributes') return attributesOf(read, bound)
  if (read.kind === 'select') return keyOfSelect(key, read, bound, ctx, table)
  if (key !== 'dynamodb:leadingkeys') return undefined
  const { key: item } = planWrite(read, table, bound.binding).place()
  return [textOf(item[table.KeySchema[0]!.AttributeName]!)]
}

function keyOfSelect (key: string, statement: SelectStatement, { binding }: BoundStatement, ctx: DynamodbContext, table: TableRecord): KeyValue {
  switch (key) {
    case 'dynamodb:select': return statement.columns ? 'SPECIFIC_ATTRIBUTES' : statement.source.index === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES'
    case 'dynamodb:fulltablescan': return String(planSelect(statement, table, { binding, now: ctx.clock.now() }).isScan)
    case 'dynamodb:leadingkeys': {
      const { isScan, leading } = planSelect(statement, table, { binding, now: ctx.clock.now() })
      return isScan ? undefined : leading.map(textOf)
    }
    default: return undefined
  }
}

/** The top-level attributes that a statement names anywhere. */
function attributesOf (statement: SelectStatement | WriteStatement, { binding }: BoundStatement): string[] {
  const names = new Set<string>()
  if (statement.kind === 'insert') {
    if (statement.item.kind === 'tuple') for (const [name] of membersOfTuple(statement.item.members)) names.add(name)
    return [...names]
  }
  for (const name of Object.keys(statement.where ? conditionOf(statement.where, binding).pathHeads : {})) names.add(name)
  if (statement.kind === 'select') for (const column of statement.columns ?? []) if (column.kind === 'path') names.add(String(column.path[0]))
  if (statement.kind === 'update') for (const name of updateOf(statement.changes, binding).heads) names.add(name)
  return [...names]
}

/** A key's value as policies have it: text, a number as text, bytes in base64. */
const textOf = (value: AttributeValue): string => String(Object.values(value)[0])
