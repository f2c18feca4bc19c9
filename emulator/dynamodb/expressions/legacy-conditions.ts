import { compareValues, equalValues, typeOf } from '../values/compare-values.ts'
import { faultOf, namesFault, type ValueRules } from '../values/check-value.ts'
import { valueAt } from '../values/document-path.ts'
import { beginsWith, contains, isBetween } from './evaluate.ts'
import type { AttributeValue, Item } from '../values/item.ts'

/**
 * What an attribute has to meet in the legacy parameters: `Expected`, `QueryFilter`, `ScanFilter`, `KeyConditions`.
 * Source: "Legacy conditional parameters" (developer guide).
 */
export interface LegacyCondition {
  ComparisonOperator?: string
  AttributeValueList?: AttributeValue[]
  /** In `Expected` only, as are the following. */
  Value?: AttributeValue
  Exists?: boolean
}

export type LegacyConditions = Record<string, LegacyCondition>

type Value = AttributeValue | undefined
const SCALARS = ['S', 'N', 'B']

interface Operator {
  /** Minimum and maximum number of values. */
  operands: [number, number]
  /** The allowed types of its values; any if there are none. */
  types?: string[]
  test: (value: Value, operands: AttributeValue[]) => boolean
}

const ordered = (test: (order: number) => boolean): Operator => ({
  operands: [1, 1],
  types: SCALARS,
  test (value, [operand]) {
    const order = compareValues(value, operand)
    return order !== undefined && test(order)
  },
})

const OPERATORS = new Map<string, Operator>(Object.entries({
  EQ: { operands: [1, 1], test: (value, [operand]) => equalValues(value, operand) },
  NE: { operands: [1, 1], test: (value, [operand]) => !equalValues(value, operand) },
  LE: ordered((order) => order <= 0),
  LT: ordered((order) => order < 0),
  GE: ordered((order) => order >= 0),
  GT: ordered((order) => order > 0),
  NULL: { operands: [0, 0], test: (value) => value === undefined },
  NOT_NULL: { operands: [0, 0], test: (value) => value !== undefined },
  CONTAINS: { operands: [1, 1], types: SCALARS, test: contains },
  NOT_CONTAINS: { operands: [1, 1], types: SCALARS, test: (value, operands) => value !== undefined && !contains(value, operands) },
  BEGINS_WITH: { operands: [1, 1], types: ['S', 'B'], test: beginsWith },
  IN: { operands: [1, Infinity], types: SCALARS, test: (value, operands) => operands.some((operand) => equalValues(value, operand)) },
  BETWEEN: { operands: [2, 2], types: SCALARS, test: (value, [low, high]) => isBetween(value, low, high) },
} satisfies Record<string, Operator>))

/** Whether an item meets all conditions, or with `OR` any of them. */
export function meetsLegacy (item: Item, conditions: LegacyConditions, operator?: string): boolean {
  const entries = Object.entries(conditions)
  const meets = ([name, condition]: [string, LegacyCondition]) => {
    const { ComparisonOperator, Exists, Value, AttributeValueList = Value ? [Value] : [] } = condition
    const comparison = ComparisonOperator ?? (Exists === false ? 'NULL' : 'EQ')
    return OPERATORS.get(comparison)!.test(valueAt(item, [name]), AttributeValueList) // one of them, by its shape
  }
  return operator === 'OR' && entries.length > 0 ? entries.some(meets) : entries.every(meets)
}

/** AWS's message for an error in the conditions of a request. */
export function legacyFault (conditions: LegacyConditions, rules: ValueRules, areExpected = false): string | undefined {
  const wrongName = namesFault(Object.keys(conditions))
  if (wrongName !== undefined) return wrongName
  for (const [name, condition] of Object.entries(conditions)) {
    const { ComparisonOperator, AttributeValueList, Value } = condition
    for (const value of AttributeValueList ?? []) {
      const fault = faultOf(value ?? {}, rules)
      if (fault !== undefined) return fault
    }
    if (areExpected && ComparisonOperator !== undefined && !AttributeValueList && !Value && OPERATORS.get(ComparisonOperator)!.operands[0] > 0) { // one of them, by its shape
      return invalid(`Value or AttributeValueList must be used with ComparisonOperator: ${ComparisonOperator} for Attribute: ${name}`)
    }
    if (AttributeValueList && Value) return invalid(`Value and AttributeValueList cannot be used together for Attribute: ${name}`)
    const fault = ComparisonOperator === undefined
      ? existenceFault(name, condition, rules)
      : comparisonFault(name, condition, ComparisonOperator, rules)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** What is wrong with `ConditionalOperator`, given the number of conditions. */
export function conditionalOperatorFault (operator: string | undefined, conditions: LegacyConditions | undefined): string | undefined {
  if (operator === undefined) return undefined
  if (!conditions) return 'ConditionalOperator cannot be used without Filter or Expected'
  if (Object.keys(conditions).length < 2) return 'ConditionalOperator can only be used when Filter or Expected has two or more elements'
  return undefined
}

/** `Value` and `Exists` without an operator. */
function existenceFault (name: string, { AttributeValueList, Value, Exists }: LegacyCondition, rules: ValueRules): string | undefined {
  if (AttributeValueList) return invalid(`AttributeValueList can only be used with a ComparisonOperator for Attribute: ${name}`)
  if (Exists !== false && !Value) return invalid(`Value must be provided when Exists is ${Exists ?? 'null'} for Attribute: ${name}`)
  if (Exists === false && Value) return invalid(`Value cannot be used when Exists is false for Attribute: ${name}`)
  return Value && faultOf(Value, rules)
}

function comparisonFault (
  name: string, { AttributeValueList, Value, Exists }: LegacyCondition, comparison: string, rules: ValueRules
): string | undefined {
  const { operands: [least, most], types } = OPERATORS.get(comparison)! // one of them, by its shape
  if (Exists !== undefined) return invalid(`Exists and ComparisonOperator cannot be used together for Attribute: ${name}`)
  const values = AttributeValueList ?? (Value ? [Value] : [])
  const fault = Value && faultOf(Value, rules)
  if (fault !== undefined) return fault
  if (values.length < least || values.length > most) {
    return invalid(`Invalid number of argument(s) for the ${comparison} ComparisonOperator`)
  }
  if (values.some((value) => typeOf(value) !== typeOf(values[0]))) return invalid('AttributeValues inside AttributeValueList must be of same type')
  const wrong = types && values.map(typeOf).find((type) => !types.includes(type!))
  if (wrong) return invalid(`ComparisonOperator ${comparison} is not valid for ${wrong} AttributeValue type`)
  if (comparison === 'BETWEEN' && compareValues(values[0], values[1])! > 0) {
    return 'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound'
  }
  return undefined
}

function invalid (what: string): string {
  return `One or more parameter values were invalid: ${what}`
}
