import type { Path } from '../values/document-path.ts'

/** Where a piece of a statement stands: line and column count from 1, and both count characters. */
export interface Position { readonly line: number, readonly column: number, readonly length: number }

/** An expression as it was written; what it means depends on the clause in which it stands. */
export type Expression = { readonly at: Position } & (
  | PathExpression
  | Literal
  | { readonly kind: 'parameter', readonly index: number }
  | { readonly kind: 'call', readonly name: string, readonly args: readonly Expression[] }
  | { readonly kind: 'and' | 'or', readonly args: readonly Expression[] }
  | { readonly kind: 'not', readonly arg: Expression }
  | { readonly kind: 'infix', readonly operator: string, readonly left: Expression, readonly right: Expression }
  | { readonly kind: 'between', readonly value: Expression, readonly low: Expression, readonly high: Expression }
  | { readonly kind: 'in', readonly value: Expression, readonly others: readonly Expression[] }
  | { readonly kind: 'is', readonly value: Expression, readonly type: string }
)

export interface PathExpression { readonly kind: 'path', readonly path: Path }

/** A value that stands in the statement. A number is its text, with its sign. */
export type Literal =
  | { readonly kind: 'number', readonly text: string }
  | { readonly kind: 'string', readonly text: string }
  | { readonly kind: 'boolean', readonly value: boolean }
  | { readonly kind: 'null' | 'missing' }
  | { readonly kind: 'ion', readonly text: string }
  | { readonly kind: 'list' | 'bag', readonly elements: readonly Expression[] }
  | { readonly kind: 'tuple', readonly members: readonly { readonly name: Expression, readonly value: Expression }[] }

/** What follows FROM, INTO or UPDATE. */
export interface Source { readonly table: string, readonly index?: string }

export interface SelectStatement {
  readonly kind: 'select'
  readonly source: Source
  /** `undefined` for `*`. */
  readonly columns: readonly Expression[] | undefined
  readonly where?: Expression
  readonly orderBy?: readonly { readonly key: Expression, readonly descending: boolean }[]
}

export interface InsertStatement { readonly kind: 'insert', readonly source: Source, readonly item: Expression }

export interface UpdateStatement {
  readonly kind: 'update'
  readonly source: Source
  readonly changes: readonly Change[]
  readonly where?: Expression
  readonly returning?: Returning
}

/** `SET target = value`, or `REMOVE target` where there is no value. */
export interface Change { readonly target: PathExpression, readonly value?: Expression }

export interface DeleteStatement { readonly kind: 'delete', readonly source: Source, readonly where?: Expression, readonly returning?: Returning }

export interface Returning { readonly of: 'ALL' | 'MODIFIED', readonly when: 'OLD' | 'NEW' }

/** `EXISTS(SELECT ...)`, which only a transaction of writes may have. */
export interface ExistsStatement { readonly kind: 'exists', readonly select: SelectStatement }

export type WriteStatement = InsertStatement | UpdateStatement | DeleteStatement

export type Statement = SelectStatement | WriteStatement | ExistsStatement

export interface Parsed { readonly statement: Statement, /** How many `?` it has. */ readonly parameters: number }
