import { validation } from '../errors.ts'
import type { ParsedCondition } from '../expressions/condition.ts'
import type { Condition, Operand } from '../expressions/evaluate.ts'
import { CONDITION_FUNCTIONS } from '../expressions/functions.ts'
import { boundsFault, countFault, distinctFault, functionFault, ORDERED, typesFault } from '../expressions/operand-faults.ts'
import type { Path } from '../values/document-path.ts'
import type { AttributeValue } from '../values/item.ts'
import { faultAt } from './faults.ts'
import { TYPE_NAMES } from './keywords.ts'
import type { Expression } from './tree.ts'
import { valueOf, type Binding } from './values.ts'

/** Comparisons that a condition has. */
const COMPARATORS: readonly string[] = ['=', '<>', '<', '<=', '>', '>=']

const IN_OPERANDS = 'IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with at least one member'

/**
 * A WHERE clause as the condition that Query, Scan and the writes evaluate.
 * @throws ValidationException
 */
export function conditionOf (where: Expression, binding: Binding): ParsedCondition {
  const reader = new ConditionReader(binding)
  return { expression: reader.condition(where), pathHeads: reader.pathHeads, nestedPaths: reader.nestedPaths }
}

class ConditionReader {
  readonly #binding: Binding
  readonly pathHeads = Object.create(null) as Record<string, true>
  readonly nestedPaths = Object.create(null) as Record<string, true>

  constructor (binding: Binding) {
    this.#binding = binding
  }

  condition (expression: Expression, refusal = 'WHERE clause must contain an expression that resolves to a boolean'): Condition {
    switch (expression.kind) {
      case 'and':
      case 'or': return { type: expression.kind, args: expression.args.map((arg) => this.condition(arg, 'The arguments to AND/OR must be Expressions')) }
      case 'not': return { type: 'not', args: [this.condition(expression.arg, 'The argument to NOT must be a Type or Expression')] }
      case 'infix': return this.#comparison(expression.operator, [expression.left, expression.right])
      case 'between': return this.#between([expression.value, expression.low, expression.high])
      case 'in': return this.#in(expression.value, expression.others)
      case 'is': return this.#is(expression.value, expression.type)
      case 'call': return this.#call(expression)
      default: throw validation(refusal)
    }
  }

  #comparison (operator: string, sides: Expression[]): Condition {
    if (!COMPARATORS.includes(operator)) throw validation(`Unsupported operator in Condition Expression. Operator: ${operator}`)
    const args = sides.map((side) => this.#operand(side))
    refuse(distinctFault(operator, args))
    if (operator !== '=' && operator !== '<>') refuse(typesFault(operator, args, ORDERED))
    return { type: operator as '=', args } // one of them
  }

  #between (parts: Expression[]): Condition {
    const args = parts.map((part) => this.#operand(part))
    refuse(boundsFault(args[1]!, args[2]!) ?? typesFault('BETWEEN', args, ORDERED))
    return { type: 'between', args }
  }

  #in (value: Expression, others: readonly Expression[]): Condition {
    if (others.length === 0) throw validation(IN_OPERANDS)
    if (others.length > this.#binding.limits.inOperands) {
      throw validation(`The IN operator is provided with too many operands; number of operands: ${others.length}`)
    }
    return { type: 'in', args: [value, ...others].map((one) => this.#operand(one)) }
  }

  /** `IS MISSING` is true of what is absent, `IS NULL` of a stored NULL alone. */
  #is (value: Expression, name: string): Condition {
    const type = TYPE_NAMES.get(name)
    if (!type) {
      throw validation(`Unsupported data type for IS operator: ${name}. ` +
        'Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]')
    }
    const operand = this.#operand(value)
    if (!Array.isArray(operand) && 'args' in operand) throw validation('The left hand side argument to IS must be a Variable Reference, Literal, or Path')
    if (type === 'MISSING') return { type: 'function', name: 'attribute_not_exists', args: [operand] }
    return { type: 'function', name: 'attribute_type', args: [operand, { S: type }] }
  }

  #call ({ name, args: given, at }: Expression & { kind: 'call' }): Condition {
    const wanted = CONDITION_FUNCTIONS.get(name)
    if (wanted === undefined) throw faultAt(`Unrecognized function: ${name}`, at)
    if (name === 'size') throw validation(`The function is not allowed to be used this way in an expression; function: ${name}`)
    const args = this.#arguments(name, wanted, given)
    return { type: 'function', name: name as 'contains', args } // one of them
  }

  #arguments (name: string, wanted: number, given: readonly Expression[]): Operand[] {
    if (given.length !== wanted) throw validation(countFault(name, given.length))
    const args = given.map((arg) => this.#operand(arg))
    refuse(distinctFault(name, args) ?? functionFault(name, args))
    return args
  }

  #operand (expression: Expression): Operand {
    if (expression.kind === 'path') return this.#path(expression.path)
    const value = valueOf(expression, this.#binding)
    if (value) return value
    if (expression.kind === 'call' && expression.name === 'size') {
      return { type: 'function', name: 'size', args: this.#arguments('size', 1, expression.args) as [Path | AttributeValue] } // neither has arguments of its own, by the check
    }
    return { type: 'test', args: [this.condition(expression)] }
  }

  #path (path: Path): Path {
    const head = String(path[0])
    this.pathHeads[head] = true
    if (path.length > 1) this.nestedPaths[head] = true
    if (path.length > this.#binding.limits.nestingLevels) {
      throw validation(`The document path has too many nesting elements; nesting levels: ${path.length}`)
    }
    return path
  }
}

function refuse (fault: string | undefined): void {
  if (fault !== undefined) throw validation(fault)
}
