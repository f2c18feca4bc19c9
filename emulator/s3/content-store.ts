import { Readable } from 'node:stream'

/** A content, as one of those that make up an object: one for each part of a multipart upload, else a single one. */
export interface Piece {
  /** The id of its bytes. */
  content: string
  /** Bytes. */
  size: number
}

/** A part of an object: first and last byte, counted from 0. */
export interface ByteRange { first: number, last: number }

/**
 * Where the bytes of objects are, apart from what is known of them: a content is written once, and read by the id it
 * got then.
 */
export interface ContentStore {
  /** Keeps what comes, once all of it has come; when the source throws, nothing stays and the error goes on. */
  write (bytes: AsyncIterable<Uint8Array>): Promise<string>
  /** Reads contents as one, all of it or a range; what is deleted meanwhile is still read to its end. */
  read (pieces: readonly Piece[], range?: ByteRange): Uint8Array | Readable
  delete (id: string): Promise<void>
  clear (): Promise<void>
}

/** Large enough to keep a content in few pieces, small enough that joining them does not stop the process. */
const BLOCK_BYTES = 1024 * 1024

/** Contents in memory, in blocks: no content is ever copied as a whole. */
export class MemoryContentStore implements ContentStore {
  readonly #contents = new Map<string, readonly Buffer[]>()
  #last = 0

  async write (bytes: AsyncIterable<Uint8Array>): Promise<string> {
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
    const id = String(++this.#last)
    this.#contents.set(id, blocks)
    return id
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
    this.#contents.delete(id)
  }

  async clear (): Promise<void> {
    this.#contents.clear()
  }
}

/** Views of what lies in the range. */
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
