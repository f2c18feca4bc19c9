/** Longer lines are not items: an item has up to 400 KB, which escapes can make several times as long. */
const LONGEST_LINE = 16 * 1024 * 1024

/**
 * The lines of a UTF-8 text as its bytes arrive.
 * @returns `undefined` for a line that is too long
 */
export async function * linesOf (bytes: AsyncIterable<Uint8Array>, longest = LONGEST_LINE): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  let isTooLong = false
  const take = (end: string) => {
    const line = isTooLong || rest.length + end.length > longest ? undefined : rest + end
    rest = ''
    isTooLong = false
    return line?.endsWith('\r') ? line.slice(0, -1) : line
  }
  for await (const piece of bytes) {
    const text = decoder.decode(piece, { stream: true })
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      yield take(text.slice(start, end))
      start = end + 1
    }
    if (!isTooLong) rest += text.slice(start)
    if (rest.length > longest) {
      isTooLong = true
      rest = ''
    }
  }
  const last = take(decoder.decode())
  if (last !== '') yield last
}
