import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { Holds, type ByteRange, type ContentStore, type Piece } from './content-store.ts'

/** Large enough to keep a content in few pieces, small enough that joining them does not block the process. */
const BLOCK_BYTES = 1024 * 1024

/** Contents in memory, in blocks: no content is ever copied as a whole. */
export class MemoryContentStore implements ContentStore {
  readonly #contents = new Map<string, readonly Buffer[]>()
  readonly #holds = new Holds((id) => this.#contents.delete(id))

  async write (bytes: AsyncIterable<Uint8Array>, id: string = randomUUID()): Promise<string> {
    const blocks: Buffer[] = []
    let pending: Uint8Array[] = []
    let pendingBytes = 0
    const flush = (): void => {
      if (pendingBytes > 0) blocks.push(Buffer.concat(pending, pendingBytes))
      pending = []
      pendingBytes = 0
    }
    for await (const piece of bytes) {
      pending.push(piece)
      pendingBytes += piece.length
      if (pendingBytes >= BLOCK_BYTES) flush()
    }
    flush()
    this.#contents.set(id, blocks)
    return id
  }

  async list (): Promise<Piece[]> {
    return Array.from(this.#contents, ([content, blocks]) => ({ content, size: blocks.reduce((size, block) => size + block.length, 0) }))
  }

  read (pieces: readonly Piece[], range: ByteRange = { first: 0, last: Infinity }): Uint8Array | Readable {
    const blocks = pieces.flatMap(({ content }) => {
      const found = this.#contents.get(content)
      if (!found) throw new TypeError(`There is no content ${content}`)
      return found
    })
    const parts = cut(blocks, range)
    return parts.length > 1 ? Readable.from(parts) : parts[0] ?? Buffer.alloc(0)
  }

  async delete (id: string): Promise<void> {
    if (!this.#holds.defers(id)) this.#contents.delete(id)
  }

  async retain (ids: ReadonlySet<string>): Promise<string[]> {
    for (const id of this.#contents.keys()) if (!ids.has(id)) this.#contents.delete(id)
    return [...ids].filter((id) => !this.#contents.has(id))
  }

  hold (): () => void {
    return this.#holds.hold()
  }
}

/** Views of the blocks in the range. */
function cut (blocks: readonly Buffer[], { first, last }: ByteRange): Buffer[] {
  const parts: Buffer[] = []
  let start = 0
  for (const block of blocks) {
    const from = Math.max(first - start, 0)
    const to = Math.min(last + 1 - start, block.length)
    if (from < to) parts.push(block.subarray(from, to))
    start += block.length
  }
  return parts
}
