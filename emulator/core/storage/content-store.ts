import type { Readable } from 'node:stream'

/** One of the contents that are read as one: the parts of a multipart upload make up one object. */
export interface Piece {
  /** The id of its bytes. */
  content: string
  /** Bytes. */
  size: number
}

/** A part of an object: first and last byte, counted from 0. */
export interface ByteRange { first: number, last: number }

/**
 * Stores the bytes of objects, separately from their records: a content is written once, and read by the id that it
 * got then.
 */
export interface ContentStore {
  /**
   * Stores a content once all of it has arrived; when the source throws, nothing is stored and the error is passed on. It outlives
   * the process only if a record names it: see {@link retain}.
   * @param id  of a content that comes from elsewhere with its records: letters, digits and hyphens. Default: a new one
   */
  write (bytes: AsyncIterable<Uint8Array>, id?: string): Promise<string>
  /** All that is kept, whether or not a record names it. */
  list (): Promise<Piece[]>
  /** Reads contents as one, all of it or a range; contents that are deleted meanwhile are still read to their end. */
  read (pieces: readonly Piece[], range?: ByteRange): Uint8Array | Readable
  delete (id: string): Promise<void>
  /**
   * Deletes all contents but these: a process that is killed between a content and the record that names it leaves one
   * without a record.
   * @returns those of them that are not there
   */
  retain (ids: ReadonlySet<string>): Promise<string[]>
  /** Defers all deletion until the returned function is called. */
  hold (): () => void
}

/** Contents that cannot be deleted yet because they are being read. */
export class Holds {
  readonly #counts = new Map<string, number>()
  #all = 0
  readonly #doomed = new Set<string>()
  readonly #delete: (id: string) => void

  /** @param deleteNow  called for a deferred deletion once no reader is left */
  constructor (deleteNow: (id: string) => void) {
    this.#delete = deleteNow
  }

  /** Whether the deletion has to wait; it is done later then. */
  defers (id: string): boolean {
    const held = this.#all > 0 || this.#counts.has(id)
    if (held) this.#doomed.add(id)
    return held
  }

  /** @param ids  `undefined` for everything */
  hold (ids?: readonly string[]): () => void {
    this.#count(ids, 1)
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#count(ids, -1)
      for (const id of this.#doomed) {
        if (this.#all > 0 || this.#counts.has(id)) continue
        this.#doomed.delete(id)
        this.#delete(id)
      }
    }
  }

  #count (ids: readonly string[] | undefined, by: 1 | -1): void {
    if (!ids) this.#all += by
    for (const id of ids ?? []) {
      const count = (this.#counts.get(id) ?? 0) + by
      if (count === 0) this.#counts.delete(id)
      else this.#counts.set(id, count)
    }
  }
}
