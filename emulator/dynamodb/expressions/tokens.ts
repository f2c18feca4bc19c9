/** A piece of an expression, and where it stands in the text. */
export interface Token {
  type: 'word' | 'name' | 'value' | 'number' | 'symbol' | 'unknown' | 'end'
  text: string
  start: number
  end: number
}

/** AWS's message for a fault in an expression, without the name of its parameter. */
export class ExpressionFault extends Error {}

const TOKEN = /[ \t\r\n]*(?:(?<word>[A-Za-z]\w*)|(?<name>#\w+)|(?<value>:\w+)|(?<number>\d+)|(?<symbol><>|<=|>=|[=<>()[\].,+-])|(?<unknown>[^ \t\r\n]))/suy

/** The tokens of an expression, read one after another. */
export class Tokens {
  readonly #source: string
  readonly #tokens: Token[] = []
  #next = 0

  constructor (source: string) {
    this.#source = source
    TOKEN.lastIndex = 0
    for (let match = TOKEN.exec(source); match; match = TOKEN.exec(source)) {
      const [type, text] = Object.entries(match.groups!).find(([, text]) => text !== undefined)! as [Token['type'], string] // one has matched, and they are named for the types
      this.#tokens.push({ type, text, start: TOKEN.lastIndex - text.length, end: TOKEN.lastIndex })
    }
    this.#tokens.push({ type: 'end', text: '<EOF>', start: source.length, end: source.length })
  }

  get current (): Token {
    return this.#tokens[this.#next]!
  }

  get following (): Token | undefined {
    return this.#tokens[this.#next + 1]
  }

  take (): Token {
    return this.#tokens[this.#next++]!
  }

  /** Whether the next token is this symbol. */
  at (symbol: string): boolean {
    return this.current.text === symbol && this.current.type === 'symbol'
  }

  /** Whether the next token is this word, in small letters or capitals. */
  atWord (word: string): boolean {
    return this.current.type === 'word' && this.current.text.toUpperCase() === word
  }

  /** Takes the next token if it is this symbol. */
  accept (symbol: string): boolean {
    if (!this.at(symbol)) return false
    this.#next++
    return true
  }

  acceptWord (word: string): boolean {
    if (!this.atWord(word)) return false
    this.#next++
    return true
  }

  expect (symbol: string): void {
    if (!this.accept(symbol)) this.refuse()
  }

  /** Refuses the token that comes next, shown between the two beside it. */
  refuse (): never {
    const before = this.#tokens[this.#next - 1] ?? this.current
    const after = this.following ?? this.current
    const near = this.#source.slice(before.start, after.end).trimEnd()
    throw new ExpressionFault(`Syntax error; token: "${this.current.text}", near: "${near}"`)
  }
}
