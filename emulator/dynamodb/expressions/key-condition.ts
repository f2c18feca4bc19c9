import type { LegacyCondition, LegacyConditions } from './legacy-conditions.ts'
import type { AttributeValue } from '../values/item.ts'
import type { Condition, Operand } from './evaluate.ts'

const REFUSED = new Set<string>(['or', 'not', 'in', '<>'])
const FUNCTIONS = new Set<string>(['attribute_exists', 'attribute_not_exists', 'attribute_type', 'contains'])

const OPERATORS: Record<string, string> = {
  '=': 'EQ', '<': 'LT', '<=': 'LE', '>': 'GT', '>=': 'GE', between: 'BETWEEN', function: 'BEGINS_WITH',
}
/** A comparison with its sides swapped. */
const TURNED: Record<string, string> = { '=': 'EQ', '<': 'GT', '<=': 'GE', '>': 'LT', '>=': 'LE' }

const invalid = (what: string) => `Invalid condition in KeyConditionExpression: ${what}`

/** The conditions on single keys that make up a key condition, or AWS's message for an error. */
export function keyConditionsOf (expression: Condition): LegacyConditions | string {
  const conditions: LegacyConditions = Object.create(null) as LegacyConditions
  return collect(expression, conditions) ?? conditions
}

function collect (condition: Condition, into: LegacyConditions): string | undefined {
  const { type, name, args } = condition
  if (type === 'and') {
    for (const one of args as Condition[]) { // of which an `and` consists
      const fault = collect(one, into)
      if (fault !== undefined) return fault
    }
    return undefined
  }
  if (REFUSED.has(type)) return `Invalid operator used in KeyConditionExpression: ${type.toUpperCase()}`
  if (type === 'function' && FUNCTIONS.has(name!)) return `Invalid operator used in KeyConditionExpression: ${name!}`
  return collectOne(condition, args as Operand[], into) // for all other operators
}

function collectOne ({ type, name }: Condition, operands: Operand[], into: LegacyConditions): string | undefined {
  if ((type === 'between' || type === 'function') && !Array.isArray(operands[0])) {
    return invalid(`${type === 'between' ? 'BETWEEN' : name} operator must have the key attribute as its first operand`)
  }
  if (operands.some((operand) => !Array.isArray(operand) && 'args' in operand)) return 'KeyConditionExpressions cannot contain nested operations'
  const place = operands.findIndex((operand) => Array.isArray(operand))
  if (place < 0) return invalid('No key attribute specified')
  if (operands.filter((operand) => Array.isArray(operand)).length > 1) return invalid('Multiple attribute names used in one condition')
  const [attribute, ...inside] = operands[place] as string[] // a path begins with a name
  if (inside.length > 0) return 'KeyConditionExpressions cannot have conditions on nested attributes'
  if (into[attribute!]) return 'Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key'
  into[attribute!] = {
    ComparisonOperator: (place === 0 ? OPERATORS : TURNED)[type],
    AttributeValueList: operands.filter((_, index) => index !== place) as AttributeValue[], // the one path is left out
  } satisfies LegacyCondition
  return undefined
}
