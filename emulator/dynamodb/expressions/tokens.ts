/** A token of an expression, and its position in the text. */
export interface Token {
  type: 'word' | 'name' | 'value' | 'number' | 'symbol' | 'unknown' | 'end'
  text: string
  start: number
  end: number
}

/** AWS's message for an error in an expression, without the name of its parameter. */
export class ExpressionFault extends Error {}

/** The tokens of an expression, read one after another. */
export class Tokens {
  readonly #source: string
  readonly #tokens: Token[] = []
  #next = 0

  constructor (source: string) {
    this.#source = source
    for (let start = firstOf(source, 0); start < source.length;) {
      const [type, end] = tokenAt(source, start)
      this.#tokens.push({ type, text: source.slice(start, end), start, end })
      start = firstOf(source, end)
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

  /** Whether the next token is this word, in lower or upper case. */
  atWord (word: string): boolean {
    return this.current.type === 'word' && this.current.text.toUpperCase() === word
  }

  /** Consumes the next token if it is this symbol. */
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

  /** Reports the next token as an error, shown with its two neighbours. */
  refuse (): never {
    const before = this.#tokens[this.#next - 1] ?? this.current
    const after = this.following ?? this.current
    const near = this.#source.slice(before.start, after.end).trimEnd()
    throw new ExpressionFault(`Syntax error; token: "${this.current.text}", near: "${near}"`)
  }
}

/** The position of the first character at or after `from` that is not white space. */
function firstOf (source: string, from: number): number {
  let at = from
  while (at < source.length && SPACES.has(source.charCodeAt(at))) at++
  return at
}

/** The token that begins at `start`, and its end. */
function tokenAt (source: string, start: number): [type: Token['type'], end: number] {
  const first = source.charCodeAt(start)
  if (isLetter(first)) return ['word', wordEnd(source, start + 1)]
  if (first === HASH || first === COLON) {
    const end = wordEnd(source, start + 1)
    return end > start + 1 ? [first === HASH ? 'name' : 'value', end] : ['unknown', start + 1]
  }
  if (isDigit(first)) return ['number', numberEnd(source, start + 1)]
  const second = source[start + 1]
  if (source[start] === '<') return ['symbol', second === '>' || second === '=' ? start + 2 : start + 1]
  if (source[start] === '>') return ['symbol', second === '=' ? start + 2 : start + 1]
  if (SYMBOLS.has(first)) return ['symbol', start + 1]
  return ['unknown', start + (source.codePointAt(start)! > 0xffff ? 2 : 1)]
}

function wordEnd (source: string, from: number): number {
  let end = from
  for (let code = source.charCodeAt(end); isLetter(code) || isDigit(code) || code === UNDERSCORE; code = source.charCodeAt(end)) end++
  return end
}

function numberEnd (source: string, from: number): number {
  let end = from
  while (isDigit(source.charCodeAt(end))) end++
  return end
}

const codesOf = (characters: string): ReadonlySet<number> => new Set([...characters].map((character) => character.charCodeAt(0)))

const SPACES = codesOf(' \t\r\n')
const SYMBOLS = codesOf('=()[].,+-')
const [HASH, COLON, UNDERSCORE] = [0x23, 0x3a, 0x5f]

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

const isLetter = (code: number): boolean => (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)
