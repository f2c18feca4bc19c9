import type { AwsError } from '../../core/errors.ts'
import { malformed } from './faults.ts'
import { tokensOf, type Token } from './tokens.ts'

/** The tokens of a statement, read one after another. */
export class TokenReader {
  readonly #tokens: Token[]
  #next = 0
  #unsupported: AwsError | undefined

  constructor (statement: string) {
    this.#tokens = tokensOf(statement)
  }

  get current (): Token {
    return this.#tokens[this.#next]!
  }

  get following (): Token | undefined {
    return this.#tokens[this.#next + 1]
  }

  get atEnd (): boolean {
    return this.current.type === 'end'
  }

  take (): Token {
    return this.#tokens[this.#next++]!
  }

  /** Whether the next token is this symbol, operator or keyword. */
  at (text: string): boolean {
    const { type, text: found } = this.current
    return found === text && (type === 'symbol' || type === 'operator' || type === 'keyword')
  }

  /** Whether the next token is this word, which is no keyword of PartiQL's. */
  atWord (word: string): boolean {
    return this.current.type === 'word' && this.current.text.toUpperCase() === word
  }

  /** Takes the next token if it is this symbol, operator or keyword. */
  accept (text: string): boolean {
    if (!this.at(text)) return false
    this.#next++
    return true
  }

  acceptWord (word: string): boolean {
    if (!this.atWord(word)) return false
    this.#next++
    return true
  }

  /** @param what  what AWS calls it */
  expect (text: string, what: string): void {
    if (!this.accept(text)) throw malformed(`Expected ${what}`)
  }

  /** Keeps what AWS refuses once it has read the whole statement; the first counts. */
  refuseLater (error: AwsError): void {
    this.#unsupported ??= error
  }

  /** @throws ValidationException unless the statement ends here, or if something in it is not supported */
  finish (): void {
    this.accept(';')
    if (!this.atEnd) throw malformed('Unexpected token after expression')
    if (this.#unsupported) throw this.#unsupported
  }
}
