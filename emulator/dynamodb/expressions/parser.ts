import type { Path } from '../values/document-path.ts'
import type { AttributeValue } from '../values/item.ts'
import type { Bindings } from './bindings.ts'
import { isReserved } from './reserved-words.ts'
import { ExpressionFault, Tokens } from './tokens.ts'

export interface ExpressionLimits {
  /** Operators and functions in an expression. */
  expressionOperators: number
  /** Elements of a path, and levels of an item. */
  nestingLevels: number
  /** Operands in the list of an IN. */
  inOperands: number
}

/** The highest list index that a path can have. */
const GREATEST_INDEX = 2_147_483_647

/**
 * The common part of the three kinds of expression. Parses an expression once from left to right, in time proportional to
 * its length. Only a syntax error stops it; of other errors the first of each kind is kept, and AWS reports
 * the one whose kind comes first.
 */
export abstract class Parser<Kind extends string> {
  protected readonly tokens: Tokens
  protected readonly limits: ExpressionLimits
  readonly #bindings: Bindings
  readonly #faults = new Map<Kind, string>()
  #operators = 0
  #depth = 0
  /** First names of the paths with more than one element. */
  readonly nestedPaths: Record<string, true> = Object.create(null) as Record<string, true>

  constructor (source: string, bindings: Bindings, limits: ExpressionLimits) {
    if (source === '') throw new ExpressionFault('The expression can not be empty;')
    this.tokens = new Tokens(source)
    this.#bindings = bindings
    this.limits = limits
  }

  /** Kinds of errors, in the order in which they are reported. */
  protected abstract readonly order: readonly Kind[]
  /** Keywords of this kind of expression, which therefore name no attribute. */
  protected abstract readonly keywords: ReadonlySet<string>
  /** Functions of other kinds of expression, and AWS's name for this kind. */
  protected abstract readonly elsewhere: { functions: ReadonlyMap<string, number>, here: string }
  protected abstract readonly kindOf: { reserved: Kind, name: Kind, value: Kind }

  /** @throws ExpressionFault if the expression does not end here, or the first error */
  protected finish (): void {
    if (this.tokens.current.type !== 'end') this.tokens.refuse()
    for (const kind of this.order) {
      const fault = this.#faults.get(kind)
      if (fault !== undefined) throw new ExpressionFault(fault)
    }
  }

  protected fault (kind: Kind, message: string): void {
    if (!this.#faults.has(kind)) this.#faults.set(kind, message)
  }

  /** Reports a function that this kind of expression does not have. */
  protected unknownFunction (kind: Kind, name: string): void {
    const { functions, here } = this.elsewhere
    this.fault(kind, functions.has(name)
      ? `The function is not allowed in ${here}; function: ${name}`
      : `Invalid function name; function: ${name}`)
  }

  protected misusedFunction (kind: Kind, name: string): void {
    this.fault(kind, `The function is not allowed to be used this way in an expression; function: ${name}`)
  }

  protected faultOf (kind: Kind): string | undefined {
    return this.#faults.get(kind)
  }

  /** @throws ExpressionFault if there are more than AWS allows */
  protected countOperator (): void {
    if (++this.#operators > this.limits.expressionOperators) {
      throw new ExpressionFault(`The expression contains too many operators; operator count: ${this.#operators}`)
    }
  }

  /** Parses a nested part. Each level uses stack space, so the depth is limited. */
  protected nested<T> (read: () => T): T {
    if (++this.#depth > this.limits.expressionOperators) {
      throw new ExpressionFault('The expression is nested too deeply;')
    }
    const result = read()
    this.#depth--
    return result
  }

  protected path (): Path {
    const path: Path = [this.#name()]
    this.pathTail(path)
    if (path.length > 1) this.nestedPaths[String(path[0])] = true
    return path
  }

  /** The elements of a path after its first. */
  protected pathTail (path: Path): void {
    while (true) {
      if (this.tokens.accept('.')) {
        path.push(this.#name())
      } else if (this.tokens.accept('[')) {
        if (this.tokens.current.type !== 'number') this.tokens.refuse()
        const index = Number(this.tokens.take().text)
        this.tokens.expect(']')
        if (index > GREATEST_INDEX) throw new ExpressionFault(`List index is not within the allowable range; index: [${index}]`)
        path.push(index)
      } else {
        break
      }
    }
    if (path.length > this.limits.nestingLevels) {
      throw new ExpressionFault(`The document path has too many nesting elements; nesting levels: ${path.length}`)
    }
  }

  protected value (): AttributeValue {
    const { text } = this.tokens.take()
    const value = this.#bindings.value(text)
    if (value === undefined) {
      this.fault(this.kindOf.value, `An expression attribute value used in expression is not defined; attribute value: ${text}`)
    }
    return value ?? {}
  }

  /** Whether a function begins here. */
  protected atFunction (): boolean {
    return this.tokens.current.type === 'word' && !this.#atKeyword() && this.tokens.following?.text === '('
  }

  #name (): string {
    const { type, text } = this.tokens.current
    if (type === 'name') {
      this.tokens.take()
      const name = this.#bindings.name(text)
      if (name === undefined) {
        this.fault(this.kindOf.name, `An expression attribute name used in the document path is not defined; attribute name: ${text}`)
      }
      return name ?? ''
    }
    if (type !== 'word' || this.#atKeyword()) this.tokens.refuse()
    this.tokens.take()
    if (isReserved(text)) this.fault(this.kindOf.reserved, `Attribute name is a reserved keyword; reserved keyword: ${text}`)
    return text
  }

  #atKeyword (): boolean {
    return this.keywords.has(this.tokens.current.text.toUpperCase())
  }
}

/** A path as AWS's messages show it. */
export function pathText (path: Path): string {
  return `[${path.map((piece) => typeof piece === 'number' ? `[${piece}]` : piece).join(', ')}]`
}

/** How two paths of one expression conflict, if they do. */
export function pathsClash (one: Path, other: Path): { kind: 'conflict' | 'overlap', message: string } | undefined {
  const message = (how: string) =>
    `Two document paths ${how} with each other; must remove or rewrite one of these paths; path one: ${pathText(one)}, path two: ${pathText(other)}`
  for (let i = 0; i < one.length && i < other.length; i++) {
    if (typeof one[i] !== typeof other[i]) return { kind: 'conflict', message: message('conflict') }
    if (one[i] !== other[i]) return undefined
  }
  return { kind: 'overlap', message: message('overlap') }
}
