/** A metric math expression, parsed. */
export type Expression =
  | { kind: 'number', value: number }
  | { kind: 'string', value: string }
  | { kind: 'id', name: string }
  | { kind: 'list', of: Expression[] }
  | { kind: 'negate', of: Expression }
  | { kind: 'operation', operator: Operator, left: Expression, right: Expression }
  | { kind: 'call', name: string, of: Expression[] }

const OPERATORS = ['||', '&&', '==', '!=', '<=', '>=', '<', '>', '+', '-', '*', '/', '^'] as const
export type Operator = typeof OPERATORS[number]

/** How tightly each operator binds. */
const BINDING: Readonly<Record<Operator, number>> = {
  '||': 1, '&&': 2, '==': 3, '!=': 3, '<': 4, '>': 4, '<=': 4, '>=': 4, '+': 5, '-': 5, '*': 6, '/': 6, '^': 8,
}
const NEGATION = 7

/** Words that stand for operators. */
const WORDS: Readonly<Record<string, Operator>> = { AND: '&&', OR: '||' }

const TOKEN = /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|"([^"]*)"|'([^']*)'|([a-zA-Z_]\w*)|(\|\||&&|==|!=|<=|>=|[<>+\-*/^(),[\]]))/y

/** Of parentheses and calls. */
const DEEPEST = 50

/** An expression that is not metric math. */
export class BadExpression extends Error {}

type Token = { type: 'number', value: number } | { type: 'string' | 'name' | 'sign', value: string }

/** @throws {@link BadExpression} */
export function parseExpression (text: string): Expression {
  const parser = new Parser(tokensOf(text))
  const expression = parser.expression(0)
  parser.end()
  return expression
}

function tokensOf (text: string): Token[] {
  const tokens: Token[] = []
  const source = text.trimEnd()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(source)
    if (!match) throw new BadExpression(`Unexpected character at position ${at + 1}`)
    const [, number, double, single, name, sign] = match
    if (number !== undefined) tokens.push({ type: 'number', value: Number(number) })
    else if (name !== undefined) tokens.push(WORDS[name] ? { type: 'sign', value: WORDS[name] } : { type: 'name', value: name })
    else if (sign !== undefined) tokens.push({ type: 'sign', value: sign })
    else tokens.push({ type: 'string', value: double ?? single ?? '' })
  }
  return tokens
}

class Parser {
  readonly #tokens: Token[]
  #at = 0
  #depth = 0

  constructor (tokens: Token[]) {
    this.#tokens = tokens
  }

  expression (binding: number): Expression {
    if (++this.#depth > DEEPEST) throw new BadExpression('The expression is nested too deeply')
    let left = this.#operand()
    for (let operator = this.#operator(); operator && BINDING[operator] > binding; operator = this.#operator()) {
      this.#at++
      // A power binds to the right.
      const right = this.expression(operator === '^' ? BINDING[operator] - 1 : BINDING[operator])
      left = { kind: 'operation', operator, left, right }
    }
    this.#depth--
    return left
  }

  end (): void {
    if (this.#at < this.#tokens.length) throw new BadExpression(`Unexpected ${JSON.stringify(this.#tokens[this.#at]!.value)}`)
  }

  #operand (): Expression {
    const token = this.#tokens[this.#at++]
    if (!token) throw new BadExpression('The expression ends too early')
    if (token.type === 'number') return { kind: 'number', value: token.value }
    if (token.type === 'string') return { kind: 'string', value: token.value }
    if (token.type === 'name') {
      if (!this.#take('(')) return { kind: 'id', name: token.value }
      return { kind: 'call', name: token.value, of: this.#listUntil(')') }
    }
    if (token.value === '-') return { kind: 'negate', of: this.expression(NEGATION) }
    if (token.value === '[') return { kind: 'list', of: this.#listUntil(']') }
    if (token.value !== '(') throw new BadExpression(`Unexpected ${JSON.stringify(token.value)}`)
    const inner = this.expression(0)
    this.#expect(')')
    return inner
  }

  #listUntil (end: ')' | ']'): Expression[] {
    if (this.#take(end)) return []
    const members = [this.expression(0)]
    while (this.#take(',')) members.push(this.expression(0))
    this.#expect(end)
    return members
  }

  #operator (): Operator | undefined {
    const token = this.#tokens[this.#at]
    return token?.type === 'sign' ? OPERATORS.find((operator) => operator === token.value) : undefined
  }

  #take (sign: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.type !== 'sign' || token.value !== sign) return false
    this.#at++
    return true
  }

  #expect (sign: string): void {
    if (!this.#take(sign)) throw new BadExpression(`"${sign}" is missing`)
  }
}
