import type { Condition, Operand } from './evaluate.ts'
import type { Bindings } from './bindings.ts'
import { CONDITION_FUNCTIONS, UPDATE_FUNCTIONS } from './functions.ts'
import { Parser, pathText, type ExpressionLimits } from './parser.ts'
import { compareValues, typeOf } from '../values/compare-values.ts'
import type { AttributeValue } from '../values/item.ts'
import { shownValue } from '../values/shown-value.ts'

/** A ConditionExpression, FilterExpression or KeyConditionExpression. */
export interface ParsedCondition {
  expression: Condition
  nestedPaths: object
  /** First names of all its paths. */
  pathHeads: object
}

/** @throws ExpressionFault */
export function parseCondition (source: string, bindings: Bindings, limits: ExpressionLimits): ParsedCondition {
  return new ConditionParser(source, bindings, limits).parse()
}

type Fault = 'parens' | 'unknownFunction' | 'misusedFunction' | 'reserved' | 'condition' | Detail
/** Faults of one condition: AWS looks at all of them in the first condition that has any. */
type Detail = (typeof DETAILS)[number]
const DETAILS = ['name', 'operand', 'distinct', 'function'] as const

/** A condition or an operand: which of the two is wanted only shows later, since both may stand in parentheses. */
type Node =
  | { kind: 'condition' | 'function', condition: Condition, inParens?: true }
  | { kind: 'operand', operand: Operand, inParens?: true }

const COMPARATORS = new Set(['=', '<>', '<', '<=', '>', '>='])
const TYPES = ['S', 'N', 'B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'NS', 'M']
/** Types whose values have an order. */
const ORDERED = ['S', 'N', 'B']

class ConditionParser extends Parser<Fault> {
  protected readonly order = ['parens', 'unknownFunction', 'misusedFunction', 'reserved', 'condition'] as const
  protected readonly keywords = new Set(['BETWEEN', 'IN', 'AND', 'OR', 'NOT'])
  protected readonly elsewhere = { functions: UPDATE_FUNCTIONS, here: 'a condition expression' }
  protected readonly kindOf = { reserved: 'reserved', name: 'name', value: 'name' } as const
  readonly #pathHeads = Object.create(null) as Record<string, true>

  parse (): ParsedCondition {
    const expression = this.#conditionOf(this.#or())
    this.finish()
    return { expression, nestedPaths: this.nestedPaths, pathHeads: this.#pathHeads }
  }

  #or (): Node {
    return this.#joined('OR', 'or', () => this.#joined('AND', 'and', () => this.#not()))
  }

  #joined (word: string, type: 'and' | 'or', read: () => Node): Node {
    const first = read()
    if (!this.tokens.atWord(word)) return first
    const args = [this.#conditionOf(first)]
    while (this.tokens.acceptWord(word)) {
      this.countOperator()
      args.push(this.#conditionOf(read()))
    }
    return { kind: 'condition', condition: { type, args } }
  }

  #not (): Node {
    if (!this.tokens.acceptWord('NOT')) return this.#comparison()
    this.countOperator()
    return { kind: 'condition', condition: { type: 'not', args: [this.#conditionOf(this.nested(() => this.#not()))] } }
  }

  #comparison (): Node {
    const left = this.#primary()
    const { text, type } = this.tokens.current
    let condition: Condition
    if (type === 'symbol' && COMPARATORS.has(text)) condition = this.#compared(text as '=', this.#operandOf(left)) // one of them
    else if (this.tokens.atWord('BETWEEN')) condition = this.#between(this.#operandOf(left))
    else if (this.tokens.atWord('IN')) condition = this.#in(this.#operandOf(left))
    else return left
    this.countOperator()
    this.#settle()
    return { kind: 'condition', condition }
  }

  #compared (comparator: '=' | '<>' | '<' | '<=' | '>' | '>=', left: Operand): Condition {
    this.tokens.take()
    const args = [left, this.#operandOf(this.#primary())]
    this.#checkDistinct(comparator, args)
    if (comparator !== '=' && comparator !== '<>') this.#checkTypes(comparator, args, ORDERED)
    return { type: comparator, args }
  }

  #between (value: Operand): Condition {
    this.tokens.take()
    const low = this.#operandOf(this.#primary())
    if (!this.tokens.acceptWord('AND')) this.tokens.refuse()
    const high = this.#operandOf(this.#primary())
    this.#checkBounds(low, high)
    this.#checkTypes('BETWEEN', [value, low, high], ORDERED)
    return { type: 'between', args: [value, low, high] }
  }

  #in (value: Operand): Condition {
    this.tokens.take()
    this.tokens.expect('(')
    const others = this.#operands()
    if (others.length > this.limits.inOperands) {
      this.fault('operand', `Incorrect number of operands for operator or function; operator or function: IN, number of operands: ${others.length + 1}`)
    }
    return { type: 'in', args: [value, ...others] }
  }

  /** An operand, a function, or either or a condition in parentheses. */
  #primary (): Node {
    if (this.tokens.at('(')) return this.#parenthesized()
    if (this.tokens.current.type === 'value') return { kind: 'operand', operand: this.value() }
    if (this.atFunction()) return { kind: 'function', condition: this.#function() }
    const path = this.path()
    this.#pathHeads[String(path[0])] = true
    return { kind: 'operand', operand: path }
  }

  #parenthesized (): Node {
    this.tokens.expect('(')
    const node = this.nested(() => this.#or())
    this.tokens.expect(')')
    if (node.inParens) this.fault('parens', 'The expression has redundant parentheses;')
    if (node.kind === 'operand' && Array.isArray(node.operand)) this.pathTail(node.operand)
    return { ...node, inParens: true }
  }

  #function (): Condition {
    const name = this.tokens.take().text
    this.tokens.expect('(')
    const args = this.nested(() => this.#operands())
    this.countOperator()
    this.#checkFunction(name, args)
    return { type: 'function', name: name as 'contains', args } // one of them, or there is a fault
  }

  /** Operands up to a closing parenthesis. */
  #operands (): Operand[] {
    const operands = [this.#operandOf(this.#primary())]
    while (this.tokens.accept(',')) operands.push(this.#operandOf(this.#primary()))
    this.tokens.expect(')')
    return operands
  }

  #conditionOf (node: Node): Condition {
    if (node.kind === 'operand') return this.tokens.refuse()
    const { condition } = node
    if (node.kind === 'function') {
      if (isSize(condition)) this.misusedFunction('misusedFunction', condition.name!)
      this.#settle()
    }
    return condition
  }

  #operandOf (node: Node): Operand {
    if (node.kind === 'operand') return node.operand
    if (node.kind === 'condition') return this.tokens.refuse()
    if (!isSize(node.condition)) this.misusedFunction('misusedFunction', node.condition.name!)
    return node.condition as Operand // `size`, or there is a fault
  }

  #checkFunction (name: string, args: Operand[]): void {
    const wanted = CONDITION_FUNCTIONS.get(name)
    if (wanted === undefined) return this.unknownFunction('unknownFunction', name)
    if (wanted !== args.length) {
      return this.fault('operand', `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`)
    }
    this.#checkDistinct(name, args)
    const [first, second] = args
    switch (name) {
      case 'attribute_exists':
      case 'attribute_not_exists':
        if (!Array.isArray(first)) this.fault('function', `Operator or function requires a document path; operator or function: ${name}`)
        break
      case 'begins_with':
        this.#checkTypes(name, args, ['S', 'B'])
        break
      case 'size':
        this.#checkTypes(name, args, TYPES.filter((type) => !['N', 'BOOL', 'NULL'].includes(type)))
        break
      case 'attribute_type': {
        const type = immediateType(second!)
        if (type !== 'S') {
          this.#wrongType(name, type ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}')
        } else if (!TYPES.includes((second as { S: string }).S)) { // of that type
          this.fault('function', `Invalid attribute type name found; type: ${(second as { S: string }).S}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`)
        }
      }
    }
  }

  /** Types that are known beforehand: those of values, and a number for a size. */
  #checkTypes (operator: string, args: Operand[], allowed: string[]): void {
    for (const arg of args) {
      const type = isSize(arg) ? 'N' : immediateType(arg)
      if (type && !allowed.includes(type)) return this.#wrongType(operator, type)
    }
  }

  #wrongType (operator: string, type: string): void {
    this.fault('function', `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`)
  }

  #checkDistinct (operator: string, [one, other]: Operand[]): void {
    if (Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((piece, i) => piece === other[i])) {
      this.fault('distinct', 'The first operand must be distinct from the remaining operands for this operator or function; ' +
        `operator: ${operator}, first operand: ${pathText(one)}`)
    }
  }

  #checkBounds (low: Operand, high: Operand): void {
    const lowType = immediateType(low)
    const highType = immediateType(high)
    if (!lowType || !highType) return
    const bounds = `lower bound operand: ${shownValue(low as AttributeValue)}, upper bound operand: ${shownValue(high as AttributeValue)}`
    if (lowType !== highType) {
      this.fault('function', `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`)
    } else if ((compareValues(low as object, high as object) ?? 0) > 0) { // values, since they have types
      this.fault('function', `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`)
    }
  }

  /** Keeps the fault of the first condition that has any. */
  #settle (): void {
    if (this.faultOf('condition') !== undefined) return
    for (const detail of DETAILS) {
      const fault = this.faultOf(detail)
      if (fault !== undefined) return this.fault('condition', fault)
    }
  }
}

function isSize (operand: Operand | Condition): boolean {
  return 'args' in operand && 'name' in operand && operand.name === ('size' as unknown)
}

/** The type of a value of the request. */
function immediateType (operand: Operand): string | undefined {
  return Array.isArray(operand) || 'args' in operand ? undefined : typeOf(operand)
}
