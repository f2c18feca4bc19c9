/** A value or a list of values, as policies have them nearly everywhere. */
export type OneOrMore<T = string> = T | readonly T[]

/** A statement of a policy, as JSON has it. */
export interface StatementDocument {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: '*' | Readonly<Record<string, OneOrMore>>
  readonly NotPrincipal?: '*' | Readonly<Record<string, OneOrMore>>
  readonly Action?: OneOrMore
  readonly NotAction?: OneOrMore
  readonly Resource?: OneOrMore
  readonly NotResource?: OneOrMore
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore<string | number | boolean>>>>>
}

/** A policy, as JSON has it. Without a version it is of the first one, 2008-10-17. */
export interface PolicyDocument {
  readonly Version?: '2012-10-17' | '2008-10-17'
  readonly Id?: string
  readonly Statement: OneOrMore<StatementDocument>
}

export const listed = <T>(value: OneOrMore<T> | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value as readonly T[] : [value as T] // Array.isArray does not narrow readonly arrays
