import { validation } from '../errors.ts'
import type { Path } from '../values/document-path.ts'
import { faultAt, malformed } from './faults.ts'
import { TYPE_NAMES } from './keywords.ts'
import type { TokenReader } from './token-reader.ts'
import type { Expression, PathExpression, Position } from './tree.ts'

/** The greatest place in a list that a path can name. */
const GREATEST_INDEX = 2_147_483_647

/** An exponent, and the digits after the point less it, fit 32 bits. */
const GREATEST_SCALE = 2_147_483_647

/** Each level takes room on the stack. A value this deep is refused for its depth anyway. */
const DEEPEST = 200

const COMPARATORS = new Set(['=', '<>', '!=', '<', '<=', '>', '>='])
const BUILT_IN_FUNCTIONS = new Set(['SIZE', 'EXISTS', 'COUNT', 'SUM', 'AVG', 'MIN', 'MAX', 'LOWER', 'UPPER', 'TRIM', 'CHAR_LENGTH', 'SUBSTRING', 'COALESCE', 'NULLIF', 'EXTRACT', 'CAST'])

/** Reads expressions by precedence, each token once. */
export class ExpressionParser {
  readonly #tokens: TokenReader
  #parameters = 0
  #depth = 0

  constructor (tokens: TokenReader) {
    this.#tokens = tokens
  }

  /** How many parameters were read. */
  get parameters (): number {
    return this.#parameters
  }

  /** @throws ValidationException */
  expression (): Expression {
    return this.#joined('OR', 'or', () => this.#joined('AND', 'and', () => this.#not()))
  }

  /** A path where nothing else may stand. */
  path (): PathExpression & { at: Position } {
    const path = this.#primary()
    if (path.kind !== 'path') throw faultAt('Unexpected path component', path.at)
    return path
  }

  /** Expressions between commas, up to a closing symbol. */
  list (close: string, name: string): Expression[] {
    const elements: Expression[] = []
    if (this.#tokens.accept(close)) return elements
    do elements.push(this.#nested(() => this.expression())); while (this.#tokens.accept(','))
    this.#tokens.expect(close, name)
    return elements
  }

  #joined (word: string, kind: 'and' | 'or', read: () => Expression): Expression {
    const first = read()
    if (!this.#tokens.at(word)) return first
    const args = [first]
    while (this.#tokens.accept(word)) args.push(this.#rightSide(read))
    return { kind, args, at: first.at }
  }

  #not (): Expression {
    const { current: at } = this.#tokens
    if (!this.#tokens.accept('NOT')) return this.#comparison()
    return { kind: 'not', arg: this.#nested(() => this.#not()), at }
  }

  #comparison (): Expression {
    let left = this.#sum()
    for (;;) {
      const next = this.#comparedWith(left)
      if (!next) return left
      left = next
    }
  }

  #comparedWith (left: Expression): Expression | undefined {
    const tokens = this.#tokens
    const { text, type } = tokens.current
    const { at } = left
    if (type !== 'operator') return undefined
    if (COMPARATORS.has(text) || text === 'LIKE') {
      tokens.take()
      return { kind: 'infix', operator: text === '!=' ? '<>' : text, left, right: this.#rightSide(() => this.#sum()), at }
    }
    if (tokens.accept('IS')) {
      const negated = tokens.accept('NOT')
      return negate({ kind: 'is', value: left, type: this.#typeName(), at }, negated)
    }
    const negated = text === 'NOT' && ['IN', 'BETWEEN', 'LIKE'].includes(tokens.following?.text ?? '')
    if (negated) tokens.take()
    if (tokens.accept('IN')) return negate({ kind: 'in', value: left, others: this.#others(), at }, negated)
    if (tokens.accept('BETWEEN')) {
      const low = this.#rightSide(() => this.#sum())
      tokens.expect('AND', 'AND after BETWEEN')
      return negate({ kind: 'between', value: left, low, high: this.#rightSide(() => this.#sum()), at }, negated)
    }
    if (negated) return negate(this.#comparedWith(left)!, true) // LIKE
    return undefined
  }

  /** The list after IN, in either kind of brackets. */
  #others (): Expression[] {
    if (this.#tokens.accept('(')) return this.list(')', 'RIGHT_PAREN')
    const list = this.#rightSide(() => this.#sum())
    return list.kind === 'list' || list.kind === 'bag' ? [...list.elements] : []
  }

  #typeName (): string {
    const tokens = this.#tokens
    const name = tokens.take().text.toUpperCase()
    const both = `${name} ${tokens.current.text.toUpperCase()}`
    const known = TYPE_NAMES.has(both) ? both : TYPE_NAMES.has(name) ? name : undefined
    if (known === undefined) throw malformed('Expected type name')
    if (known === both) tokens.take()
    if (tokens.accept('(')) this.list(')', 'RIGHT_PAREN')
    return known
  }

  #sum (): Expression {
    return this.#infix(['+', '-', '||'], () => this.#infix(['*', '/', '%'], () => this.#primary()))
  }

  #infix (operators: readonly string[], read: () => Expression): Expression {
    let left = read()
    while (this.#tokens.current.type === 'operator' && operators.includes(this.#tokens.current.text)) {
      const operator = this.#tokens.take().text
      left = { kind: 'infix', operator, left, right: this.#rightSide(read), at: left.at }
    }
    return left
  }

  #rightSide (read: () => Expression): Expression {
    if (this.#tokens.atEnd) throw malformed('Missing right-hand side expression of infix operator')
    return read()
  }

  #primary (): Expression {
    const token = this.#tokens.take()
    const { type, text } = token
    const at: Position = token
    switch (type) {
      case 'string': return { kind: 'string', text, at }
      case 'ion': return { kind: 'ion', text, at }
      case 'number': return { kind: 'number', text: checkedNumber(text), at }
      case 'quoted': return this.#pathFrom(text, at)
      case 'word': return this.#tokens.accept('(') ? this.#call(text, at) : this.#pathFrom(text, at)
      case 'keyword': return this.#keyword(text, at)
      case 'operator':
        if (text === '+' || text === '-') return this.#signed(text, at)
        throw malformed(text === '*' ? 'Unexpected term' : 'Unexpected operator')
      case 'symbol': return this.#bracketed(text, at)
      case 'end': throw malformed('Unexpected term')
    }
  }

  #keyword (text: string, at: Position): Expression {
    if (text === 'TRUE' || text === 'FALSE') return { kind: 'boolean', value: text === 'TRUE', at }
    if (text === 'NULL') return { kind: 'null', at }
    if (text === 'MISSING') return { kind: 'missing', at }
    if (BUILT_IN_FUNCTIONS.has(text) && this.#tokens.accept('(')) return this.#call(text, at)
    throw malformed('Unexpected keyword')
  }

  #bracketed (text: string, at: Position): Expression {
    switch (text) {
      case '?': return { kind: 'parameter', index: this.#parameters++, at }
      case '[': return { kind: 'list', elements: this.list(']', 'RIGHT_BRACKET'), at }
      case '<<': return { kind: 'bag', elements: this.list('>>', 'RIGHT_DOUBLE_ANGLE_BRACKET'), at }
      case '{': return { kind: 'tuple', members: this.#members(), at }
      case '(': {
        const inside = this.#nested(() => this.expression())
        this.#tokens.expect(')', 'RIGHT_PAREN')
        return inside
      }
      default: throw malformed('Unexpected term')
    }
  }

  #members (): { name: Expression, value: Expression }[] {
    const members: { name: Expression, value: Expression }[] = []
    if (this.#tokens.accept('}')) return members
    do {
      const name = this.#nested(() => this.expression())
      this.#tokens.expect(':', 'COLON')
      members.push({ name, value: this.#nested(() => this.expression()) })
    } while (this.#tokens.accept(','))
    this.#tokens.expect('}', 'RIGHT_CURLY')
    return members
  }

  #call (name: string, at: Position): Expression {
    if (this.#tokens.accept('*')) {
      this.#tokens.expect(')', 'RIGHT_PAREN')
      return { kind: 'call', name: name.toLowerCase(), args: [], at }
    }
    return { kind: 'call', name: name.toLowerCase(), args: this.list(')', 'RIGHT_PAREN'), at }
  }

  /** Signs stand before numbers only, and there may be several. */
  #signed (sign: string, at: Position): Expression {
    const inside = this.#nested(() => this.#primary())
    if (inside.kind !== 'number') throw malformed('Unexpected operator')
    if (sign === '+') return { ...inside, at }
    return { kind: 'number', text: inside.text.startsWith('-') ? inside.text.slice(1) : `-${inside.text}`, at }
  }

  #pathFrom (name: string, at: Position): PathExpression & { at: Position } {
    const path: Path = [name]
    for (;;) {
      if (this.#tokens.accept('.')) path.push(this.#member())
      else if (this.#tokens.accept('[')) path.push(this.#place())
      else break
    }
    if (path.includes('')) this.#tokens.refuseLater(validation('Path component cannot be an empty string'))
    return { kind: 'path', path, at }
  }

  #member (): string {
    if (this.#tokens.at('*')) throw validation('Unpivot path component like a.*.b are not supported')
    const { type, text } = this.#tokens.take()
    if (type !== 'word' && type !== 'quoted') throw malformed('Invalid path dot component')
    return text
  }

  #place (): string | number {
    if (this.#tokens.at('*')) throw validation('Wildcard path component like a[*].b are not supported')
    const negative = this.#tokens.accept('-')
    const token = this.#tokens.take()
    if (token.type === 'string' && !negative) {
      this.#tokens.expect(']', 'RIGHT_BRACKET')
      return token.text
    }
    if (token.type !== 'number' || !/^\d+$/.test(token.text)) throw faultAt('Unexpected path component', token)
    const index = negative ? -Number(token.text) : Number(token.text)
    if (index < 0 || index > GREATEST_INDEX) throw faultAt(`List index is not within the allowable range; index: [${negative ? '-' : ''}${token.text}]`, token)
    this.#tokens.expect(']', 'RIGHT_BRACKET')
    return Math.abs(index)
  }

  #nested<T> (read: () => T): T {
    if (++this.#depth > DEEPEST) throw malformed()
    const result = read()
    this.#depth--
    return result
  }
}

function negate (expression: Expression, negated: boolean): Expression {
  return negated ? { kind: 'not', arg: expression, at: expression.at } : expression
}

function checkedNumber (text: string): string {
  const [mantissa = '', exponent = '0'] = text.split(/e/i)
  const digitsAfterPoint = mantissa.split('.')[1]?.length ?? 0
  const power = Number(exponent)
  if (Math.abs(power) > GREATEST_SCALE || Math.abs(digitsAfterPoint - power) > GREATEST_SCALE) throw malformed()
  return text
}
