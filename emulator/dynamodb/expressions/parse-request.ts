import { faultOf, namesFault, type ValueRules } from '../values/check-value.ts'
import type { Item } from '../values/item.ts'
import { Bindings } from './bindings.ts'
import { parseCondition, type ParsedCondition } from './condition.ts'
import type { ExpressionLimits } from './parser.ts'
import { parseProjection, type Projection } from './projection.ts'
import { ExpressionFault } from './tokens.ts'
import { parseUpdate, type ParsedUpdate } from './update.ts'

/** A request's parsed expressions, under the names that dynalite's actions use. */
export interface Expressions {
  ExpressionAttributeNames?: Record<string, string>
  ExpressionAttributeValues?: Item
  UpdateExpression?: string
  ConditionExpression?: string
  KeyConditionExpression?: string
  FilterExpression?: string
  ProjectionExpression?: string
  _updates?: ParsedUpdate
  _condition?: ParsedCondition
  _keyCondition?: ParsedCondition
  _filter?: ParsedCondition
  _projection?: Projection
}

export interface RequestLimits extends ExpressionLimits, ValueRules {
  expressionBytes: number
  /** Whether the request is an action of a transaction. */
  transacted?: boolean
  /** The levels of the declared values, where their depth is checked later. */
  valueLevels?: number
}

const PARSERS = [
  ['UpdateExpression', '_updates', parseUpdate],
  ['ConditionExpression', '_condition', parseCondition],
  ['KeyConditionExpression', '_keyCondition', parseCondition],
  ['FilterExpression', '_filter', parseCondition],
  ['ProjectionExpression', '_projection', parseProjection],
] as const

const NAME = /^#\w+$/
const VALUE = /^:\w+$/

/** Parses the expressions of a request and adds them to it. Returns AWS's message for an error. */
export function parseExpressions (request: Expressions, limits: RequestLimits): string | undefined {
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = request
  const hasNone = PARSERS.every(([member]) => request[member] === undefined)
  // Most requests for one item have none.
  if (hasNone && ((!names && !values) || limits.transacted)) return undefined
  const fault = (names && declaredNamesFault(names)) ?? (values && valuesFault(values, limits))
  if (fault !== undefined) return fault
  const bindings = new Bindings(names, values)
  for (const [member, parsed, parse] of PARSERS) {
    const source = request[member]
    if (source === undefined) continue
    const bytes = Buffer.byteLength(source)
    if (bytes > limits.expressionBytes) {
      const size = limits.transacted && member === 'UpdateExpression' ? '' : `; expression size: ${bytes}`
      return `Invalid ${member}: Expression size has exceeded the maximum allowed size${size}`
    }
    try {
      request[parsed] = parse(source, bindings, limits) as never // each member has the parser of its type beside it
    } catch (error) {
      if (error instanceof ExpressionFault) return `Invalid ${member}: ${error.message}`
      throw error
    }
  }
  return unused('ExpressionAttributeNames', bindings.unusedNames) ?? unused('ExpressionAttributeValues', bindings.unusedValues)
}

function declaredNamesFault (names: Record<string, string>): string | undefined {
  const keys = Object.keys(names)
  if (keys.length === 0) return 'ExpressionAttributeNames must not be empty'
  const wrong = keys.find((key) => !NAME.test(key))
  if (wrong !== undefined) return `ExpressionAttributeNames contains invalid key: Syntax error; key: "${wrong}"`
  for (const key of keys) {
    const fault = namesFault([names[key]!])
    if (fault !== undefined) return `ExpressionAttributeNames contains invalid value: ${fault} for key ${key}`
  }
  return undefined
}

/** Errors that the newer messages report as if the value were by itself. */
const BARE = /^The parameter cannot be converted|^Number |^Attempting to store|Input collection|^Nesting Levels/

function valuesFault (values: Item, limits: RequestLimits): string | undefined {
  const keys = Object.keys(values)
  if (keys.length === 0) return 'ExpressionAttributeValues must not be empty'
  const wrong = keys.find((key) => !VALUE.test(key))
  if (wrong !== undefined) return `ExpressionAttributeValues contains invalid key: Syntax error; key: "${wrong}"`
  for (const key of keys) {
    const fault = faultOf(values[key] ?? {}, limits, limits.valueLevels)
    if (fault !== undefined && !limits.olderWords && BARE.test(fault)) return fault
    if (fault !== undefined) return `ExpressionAttributeValues contains invalid value: ${fault} for key ${key}`
  }
  return undefined
}

function unused (member: string, keys: Set<string>): string | undefined {
  return keys.size > 0 ? `Value provided in ${member} unused in expressions: keys: {${[...keys].join(', ')}}` : undefined
}
