/** One record of a file, as it stands there. */
export interface TextRecord {
  /** Its line, or which element of the array it is; from 1. */
  place: number
  text: string
}

/**
 * Takes a file of JSON Lines or of one JSON array apart, without reading all of it at once. What is not JSON is given as it
 * stands; empty lines are left out.
 */
export async function * textRecords (chunks: AsyncIterable<string>): AsyncGenerator<TextRecord> {
  const rest = chunks[Symbol.asyncIterator]()
  let start = ''
  while (start.trim() === '') {
    const next = await rest.next()
    if (next.done) return
    start = (start + next.value).replace(/^\ufeff/, '')
  }
  async function * all (): AsyncGenerator<string> {
    yield start
    yield * { [Symbol.asyncIterator]: () => rest }
  }
  yield * start.trimStart().startsWith('[') ? elements(all()) : lines(all())
}

async function * lines (chunks: AsyncIterable<string>): AsyncGenerator<TextRecord> {
  let place = 0
  let unended = ''
  for await (const chunk of chunks) {
    const parts = (unended + chunk).split('\n')
    unended = parts.pop() ?? ''
    for (const text of parts) {
      place += 1
      if (text.trim() !== '') yield { place, text: text.trim() }
    }
  }
  if (unended.trim() !== '') yield { place: place + 1, text: unended.trim() }
}

async function * elements (chunks: AsyncIterable<string>): AsyncGenerator<TextRecord> {
  let place = 0
  let depth = 0
  let inString = false
  let isEscaped = false
  let isOpen = false
  let unended = ''
  for await (const chunk of chunks) {
    let from = 0
    for (let at = 0; at < chunk.length; at++) {
      const char = chunk[at]
      if (inString) {
        if (isEscaped) isEscaped = false
        else if (char === '\\') isEscaped = true
        else if (char === '"') inString = false
        continue
      }
      if (char === '"') inString = true
      else if (char === '[' || char === '{') depth += 1
      else if (char === ']' || char === '}') depth -= 1
      if (!isOpen) {
        isOpen = char === '['
        from = at + 1
        continue
      }
      if ((depth !== 1 || char !== ',') && (depth !== 0 || char !== ']')) continue
      const text = (unended + chunk.slice(from, at)).trim()
      unended = ''
      from = at + 1
      // Nothing between the last comma and the end, or in an array that is empty, is no element.
      if (text !== '' || char === ',') yield { place: ++place, text }
    }
    unended += chunk.slice(from)
  }
  if (unended.trim() !== '') yield { place: place + 1, text: unended.trim() }
}
