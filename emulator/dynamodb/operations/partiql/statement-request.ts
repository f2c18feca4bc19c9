import { parseStatement } from '../../partiql/parser.ts'
import type { Source, Statement } from '../../partiql/tree.ts'
import type { Binding } from '../../partiql/values.ts'
import { validation } from '../../errors.ts'
import type { Limits } from '../../limits.ts'
import { returnValuesOnConditionCheckFailure, type Shape, type Shapes } from '../../requests/shapes.ts'
import { tableOfArn } from '../../tables/table-arn.ts'
import { faultOf } from '../../values/check-value.ts'
import type { AttributeValue } from '../../values/item.ts'

/** One statement with its values, as all three operations take them. */
export interface StatementRequest {
  Statement: string
  Parameters?: AttributeValue[]
  ConsistentRead?: boolean
  ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE'
}

/** A statement that has been read, and the values that its parameters stand for. */
export interface BoundStatement { readonly statement: Statement, readonly binding: Binding }

const statement: Shape = { type: 'String', notNull: true, lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 8192 }
const parameters: Shape = { type: 'List', lengthGreaterThanOrEqual: 1, children: 'AttrStruct<ValueStruct>' }

export const statementShapes: Shapes = {
  Statement: statement,
  Parameters: parameters,
  ReturnValuesOnConditionCheckFailure: returnValuesOnConditionCheckFailure,
}

/** @throws ValidationException if a value that stands for a parameter is none of DynamoDB's */
export function checkParameters ({ Parameters = [] }: StatementRequest, limits: Limits): void {
  for (const value of Parameters) {
    const fault = faultOf(value, limits)
    if (fault !== undefined) throw validation(fault)
  }
}

/** @throws ValidationException if the statement cannot be read, or has more parameters than there are values */
export function readStatement ({ Statement, Parameters = [] }: StatementRequest, limits: Limits): BoundStatement {
  const { statement, parameters } = parseStatement(Statement)
  if (parameters > Parameters.length) throw validation("Number of parameters in request and statement don't match.")
  return { statement, binding: { parameters: Parameters, limits } }
}

/** Where a statement reads or writes. */
export function sourceOf (statement: Statement): Source {
  return statement.kind === 'exists' ? statement.select.source : statement.source
}

/** What IAM calls what a statement does. */
export const ACTIONS = { select: 'PartiQLSelect', exists: 'PartiQLSelect', insert: 'PartiQLInsert', update: 'PartiQLUpdate', delete: 'PartiQLDelete' } as const

const NAME = /^[a-zA-Z0-9_.-]{3,255}$/

/**
 * The name of a statement's table, which may be named by its ARN.
 * @throws ValidationException for what names no table
 */
export function tableNameOf (statement: Statement, ctx: { account: string, region: string }): string {
  const { table } = sourceOf(statement)
  if (table.startsWith('arn:')) return tableOfArn(table, ctx, ACTIONS[statement.kind])
  if (!NAME.test(table)) throw validation("Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'.")
  return table
}

/** Whether the statement changes items, or decides whether others may. */
export function isWrite ({ kind }: Statement): boolean {
  return kind !== 'select'
}
