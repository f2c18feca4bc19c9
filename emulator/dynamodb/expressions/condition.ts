import type { Condition, Operand } from './evaluate.ts'
import type { Bindings } from './bindings.ts'
import { CONDITION_FUNCTIONS, UPDATE_FUNCTIONS } from './functions.ts'
import { boundsFault, countFault, distinctFault, functionFault, isSize, ORDERED, typesFault } from './operand-faults.ts'
import { Parser, type ExpressionLimits } from './parser.ts'

/** A ConditionExpression, FilterExpression or KeyConditionExpression. */
export interface ParsedCondition {
  expression: Condition
  nestedPaths: object
  /** The first names of all its paths. */
  pathHeads: object
}

/** @throws ExpressionFault */
export function parseCondition (source: string, bindings: Bindings, limits: ExpressionLimits): ParsedCondition {
  return new ConditionParser(source, bindings, limits).parse()
}

type Fault = 'parens' | 'unknownFunction' | 'misusedFunction' | 'reserved' | 'condition' | Detail
/** Errors of single conditions. AWS reports errors of the first condition that has any. */
type Detail = (typeof DETAILS)[number]
const DETAILS = ['name', 'operand', 'distinct', 'function'] as const

/** A condition or an operand: which of the two it is shows only later, since both may be in parentheses. */
type Node =
  | { kind: 'condition' | 'function', condition: Condition, inParens?: true }
  | { kind: 'operand', operand: Operand, inParens?: true }

const COMPARATORS = new Set(['=', '<>', '<', '<=', '>', '>='])

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
    this.#note('distinct', distinctFault(comparator, args))
    if (comparator !== '=' && comparator !== '<>') this.#note('function', typesFault(comparator, args, ORDERED))
    return { type: comparator, args }
  }

  #between (value: Operand): Condition {
    this.tokens.take()
    const low = this.#operandOf(this.#primary())
    if (!this.tokens.acceptWord('AND')) this.tokens.refuse()
    const high = this.#operandOf(this.#primary())
    this.#note('function', boundsFault(low, high) ?? typesFault('BETWEEN', [value, low, high], ORDERED))
    return { type: 'between', args: [value, low, high] }
  }

  #in (value: Operand): Condition {
    this.tokens.take()
    this.tokens.expect('(')
    const others = this.#operands()
    if (others.length > this.limits.inOperands) {
      this.fault('operand', countFault('IN', others.length + 1))
    }
    return { type: 'in', args: [value, ...others] }
  }

  /** An operand, a function, or a condition or operand in parentheses. */
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
    return { type: 'function', name: name as 'contains', args } // one of them, or an error was reported
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
    return node.condition as Operand // `size`, or an error was reported
  }

  #checkFunction (name: string, args: Operand[]): void {
    const wanted = CONDITION_FUNCTIONS.get(name)
    if (wanted === undefined) return this.unknownFunction('unknownFunction', name)
    if (wanted !== args.length) return this.fault('operand', countFault(name, args.length))
    this.#note('distinct', distinctFault(name, args))
    this.#note('function', functionFault(name, args))
  }

  #note (kind: Detail, fault: string | undefined): void {
    if (fault !== undefined) this.fault(kind, fault)
  }

  /** Keeps the errors of the first condition that has any. */
  #settle (): void {
    if (this.faultOf('condition') !== undefined) return
    for (const detail of DETAILS) {
      const fault = this.faultOf(detail)
      if (fault !== undefined) return this.fault('condition', fault)
    }
  }
}
