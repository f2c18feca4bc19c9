import { OPERATORS } from './operators.ts'
import type { KeyValue, KeyValues } from './request.ts'

/** One operator on one condition key. */
export interface Condition {
  /** In lower case. */
  readonly key: string
  readonly holds: (key: KeyValues) => boolean
}

const NAME = /^(ForAllValues:|ForAnyValue:)?([A-Za-z]+?)(IfExists)?$/

/** An operator's name in its parts; `undefined` when there is no such operator. */
export function parseOperator (name: string): { quantifier: 'ForAllValues' | 'ForAnyValue' | undefined, operator: string, ifExists: boolean } | undefined {
  const [, quantifier, operator = '', ifExists] = NAME.exec(name) ?? []
  if (operator !== 'Null' && !Object.hasOwn(OPERATORS, operator)) return undefined
  if (operator === 'Null' && (ifExists || quantifier)) return undefined
  return { quantifier: quantifier?.slice(0, -1) as 'ForAllValues' | 'ForAnyValue' | undefined, operator, ifExists: ifExists !== undefined } // one of the two, by NAME
}

/**
 * Compiles one key of a `Condition` block.
 *
 * A key without a value in the request: a positive operator is false, a negated one true; with `IfExists` and with
 * `ForAllValues` it is true, with `ForAnyValue` false. A key of several values under an operator without a quantifier:
 * every value must fit, and a negated operator is true when that is not so (AWS leaves it open; see GAPS.md).
 *
 * @param name       one that {@link parseOperator} takes
 * @param variables  `${...}` in the wanted values are variables
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function compileCondition (name: string, key: string, wanted: readonly string[], variables: boolean): Condition {
  const { quantifier, operator, ifExists } = parseOperator(name)!
  const lower = key.toLowerCase()
  if (operator === 'Null') {
    return { key: lower, holds: (values) => wanted.some((one) => one.toLowerCase() === String(isAbsent(values(lower)))) }
  }
  const { compile, negated } = OPERATORS[operator]!
  const comparisons = wanted.map((one) => compile(one, variables))
  const absent = ifExists || quantifier === 'ForAllValues' || (quantifier === undefined && negated)
  return {
    key: lower,
    holds (values) {
      const given = values(lower)
      if (isAbsent(given)) return absent
      const fits = (value: string) => comparisons.some((compare) => compare(value, values))
      if (typeof given === 'string') return fits(given) !== negated
      if (quantifier === 'ForAnyValue') return given.some((value) => fits(value) !== negated)
      if (quantifier === 'ForAllValues') return given.every((value) => fits(value) !== negated)
      return given.every(fits) !== negated
    },
  }
}

const isAbsent = (value: KeyValue): value is undefined => value === undefined || (value.length === 0 && typeof value !== 'string')
