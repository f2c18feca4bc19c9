import type { AwsError } from '../../core/errors.ts'
import { validation } from '../errors.ts'
import type { Limits } from '../limits.ts'
import { membersOf } from '../values/compare-values.ts'
import { formatNumber, parseNumber } from '../values/decimal.ts'
import type { AttributeValue } from '../values/item.ts'
import { inOrder } from '../values/set-order.ts'
import { faultAt } from './faults.ts'
import type { Expression } from './tree.ts'

/** What the values of a statement are made of. */
export interface Binding {
  readonly parameters: readonly AttributeValue[]
  readonly limits: Limits
}

/**
 * The value of a literal or a parameter; `undefined` for an expression of another kind.
 * @throws ValidationException for a value that DynamoDB does not have
 */
export function valueOf (expression: Expression, binding: Binding): AttributeValue | undefined {
  switch (expression.kind) {
    case 'parameter': return binding.parameters[expression.index]! // the statement's parameters were counted
    case 'number': case 'string': case 'boolean': case 'null': case 'missing': case 'ion': case 'list': case 'bag': case 'tuple':
      return literal(expression, binding.limits, { path: 'root', depth: 0 })
    default: return undefined
  }
}

/**
 * As {@link valueOf}, where an expression of another kind is an error.
 * @throws ValidationException
 */
export function valueOnly (expression: Expression, binding: Binding): AttributeValue {
  return valueOf(expression, binding) ?? literal(expression, binding.limits, { path: 'root', depth: 0 })
}

/** Where a value stands inside the literal, as AWS's messages show it. */
interface Place { readonly path: string, readonly depth: number }

const inside = ({ path, depth }: Place, piece: string): Place => ({ path: path + piece, depth: depth + 1 })

function literal (expression: Expression, limits: Limits, place: Place): AttributeValue {
  if (place.depth >= limits.nestingLevels) throw validation(`Nesting Levels have exceeded supported limits under ${place.path}`)
  switch (expression.kind) {
    case 'string': return { S: expression.text }
    case 'number': return { N: number(expression.text, place) }
    case 'boolean': return { BOOL: expression.value }
    case 'null': return { NULL: true }
    case 'missing': throw validation('MISSING must be compared using IS operator')
    case 'ion': throw validation(`Ion Literals are not supported: ${expression.text} under key ${place.path}`)
    case 'list': return { L: expression.elements.map((element, index) => literal(element, limits, inside(place, `[${index}]`))) }
    case 'bag': return set(expression.elements, limits, place)
    case 'tuple': return { M: Object.fromEntries(membersOfTuple(expression.members, place).map(([name, value]) => [name, literal(value, limits, inside(place, `.${name}`))])) }
    default: throw unsupportedType(expression, place)
  }
}

/** Of a value that is made of other things than literals. */
function unsupportedType (expression: Expression, { path }: Place): AwsError {
  const name = expression.kind === 'call' ? expression.name : expression.kind === 'parameter' ? 'Parameter' : expression.kind === 'path' ? 'VariableReference' : 'NAry'
  return faultAt(`Unsupported data type: ${name} under key ${path}`, expression.at)
}

function number (text: string, { path }: Place): string {
  const parsed = parseNumber(text)
  if (typeof parsed === 'string') throw validation(`${parsed} under ${path}`)
  return formatNumber(parsed)
}

/** The names and values of a tuple; names are strings and differ. */
export function membersOfTuple (members: readonly { name: Expression, value: Expression }[], { path }: Pick<Place, 'path'> = { path: 'root' }): [string, Expression][] {
  const seen = new Set<string>()
  return members.map(({ name, value }) => {
    if (name.kind !== 'string') throw validation(`Tuple keys must be of type String. Actual type: ${name.kind} under ${path}`)
    if (seen.has(name.text)) throw validation(`Duplicate keys in tuple. Key: ${name.text} under ${path}`)
    seen.add(name.text)
    return [name.text, value]
  })
}

function set (elements: readonly Expression[], limits: Limits, place: Place): AttributeValue {
  if (elements.length === 0) throw validation('Empty bags are not supported')
  const values = elements.map((element, index) => literal(element, limits, inside(place, `[${index}]`)))
  const isOf = (type: 'S' | 'N') => values.every((value) => value[type] !== undefined)
  const type = isOf('S') ? 'SS' : isOf('N') ? 'NS' : undefined
  if (!type) throw validation('Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags')
  const members = values.map(({ S, N }) => S ?? N!)
  if (new Set(members).size < members.length) {
    const shown = elements.map((element) => 'text' in element ? element.text : '').join(', ')
    throw validation(`One or more parameter values were invalid: Input collection [${shown}] contains duplicates${type === 'SS' ? '.' : `! under ${place.path}`}`)
  }
  return { [type]: inOrder(type, members) }
}

/** Whether it is a set. */
export const isSet = (value: AttributeValue | undefined): boolean => value !== undefined && membersOf(value) !== undefined
