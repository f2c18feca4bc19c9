/** The state of an Ion reader: at the top, or within a text, a comment, a blob or a clob. */
type Place = 'value' | 'string' | 'symbol' | 'long string' | 'line comment' | 'comment' | 'blob'

const PLACES = {
  value: /'''|'|"|\/\/|\/\*|\{\{|[{}[\]()]/g,
  string: /\\[^]|"/g,
  symbol: /\\[^]|'/g,
  'long string': /\\[^]|'''/g,
  'line comment': /\n/g,
  comment: /\*\//g,
  blob: /\}\}|'''|"/g,
} satisfies Record<Place, RegExp>

const OPENS: Record<string, Place> = { "'''": 'long string', "'": 'symbol', '"': 'string', '//': 'line comment', '/*': 'comment', '{{': 'blob' }

/** Follows how deep Ion text is nested, to find where a value ends. It does not check the text. */
export class IonNesting {
  #depth = 0
  /** The current state and those around it: the text of a clob is within a blob. */
  #places: Place[] = ['value']

  /** Whether a structure, list, text or comment is open. */
  get isInside (): boolean {
    return this.#depth > 0 || this.#places.length > 1
  }

  /** Reads another piece of text, which ends at the end of a line. */
  read (text: string): void {
    for (let at = 0; at < text.length;) {
      const place = this.#places.at(-1)!
      const pattern = PLACES[place]
      pattern.lastIndex = at
      const token = pattern.exec(text)?.[0]
      if (token === undefined) return
      at = pattern.lastIndex
      this.#pass(place, token)
    }
  }

  #pass (place: Place, token: string): void {
    if (token.startsWith('\\')) return
    if (place === 'value') {
      const opened = OPENS[token]
      if (opened) this.#places.push(opened)
      else if ('{[('.includes(token)) this.#depth++
      else this.#depth = Math.max(0, this.#depth - 1)
    } else if (place === 'blob' && token !== '}}') this.#places.push(OPENS[token]!)
    else this.#places.pop()
  }
}
