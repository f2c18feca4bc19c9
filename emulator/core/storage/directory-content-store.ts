import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { isDiskFull, type DiskSpace } from './disk-space.ts'
import { Holds, type ByteRange, type ContentStore, type Piece } from './content-store.ts'

/** Contents as files of a folder, by ids that are made here: no client's key is part of a path. */
export class DirectoryContentStore implements ContentStore {
  readonly #folder: string
  // What cannot be deleted then is found at the next start.
  readonly #holds = new Holds((id) => { this.#unlink(id).catch(() => {}) })
  /** Ids of which not everything has come. */
  readonly #coming = new Set<string>()
  #made: Promise<unknown> | undefined

  readonly #disk: DiskSpace | undefined

  /** @param folder  made when there is something to put in it */
  constructor (folder: string, disk?: DiskSpace) {
    this.#folder = folder
    this.#disk = disk
  }

  /** On disk, with its name in the folder, before it resolves: a record may name it from then on. */
  async write (bytes: AsyncIterable<Uint8Array>, id: string = randomUUID()): Promise<string> {
    try {
      return await this.#write(bytes, id)
    } catch (error) {
      throw this.#disk && isDiskFull(error) ? this.#disk.full(error) : error
    }
  }

  async #write (bytes: AsyncIterable<Uint8Array>, id: string): Promise<string> {
    this.#made ??= mkdir(this.#folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      this.#made = undefined // a disk that was full may have room later
      throw error
    })
    await this.#made
    const file = await open(this.#path(id), 'wx', 0o600)
    this.#coming.add(id)
    try {
      for await (const piece of bytes) await file.writeFile(piece)
      await file.datasync()
    } catch (error) {
      await this.#unlink(id)
      throw error
    } finally {
      await file.close()
      this.#coming.delete(id)
    }
    await syncFolder(this.#folder)
    return id
  }

  async list (): Promise<Piece[]> {
    const pieces: Piece[] = []
    for (const content of await readdir(this.#folder).catch(ifMissing([]))) {
      const found = this.#coming.has(content) ? undefined : await stat(this.#path(content)).catch(ifMissing(undefined))
      if (found) pieces.push({ content, size: found.size })
    }
    return pieces
  }

  read (pieces: readonly Piece[], range: ByteRange = { first: 0, last: Infinity }): Readable {
    const release = this.#holds.hold(pieces.map(({ content }) => content))
    return Readable.from(this.#stream(pieces, range), { objectMode: false }).once('close', release)
  }

  async delete (id: string): Promise<void> {
    if (!this.#holds.defers(id)) await this.#unlink(id)
  }

  async retain (ids: ReadonlySet<string>): Promise<string[]> {
    const found = new Set(await readdir(this.#folder).catch(ifMissing([])))
    for (const id of found) if (!ids.has(id)) await this.#unlink(id)
    return [...ids].filter((id) => !found.has(id))
  }

  hold (): () => void {
    return this.#holds.hold()
  }

  async * #stream (pieces: readonly Piece[], { first, last }: ByteRange): AsyncGenerator<Uint8Array> {
    let start = 0
    for (const { content, size } of pieces) {
      const from = Math.max(first - start, 0)
      const to = Math.min(last - start, size - 1)
      if (from <= to) yield * createReadStream(this.#path(content), { start: from, end: to }) as AsyncIterable<Uint8Array> // it has no encoding
      start += size
    }
  }

  /** That it is gone already is no error: a kill may have come between a record and its content. */
  async #unlink (id: string): Promise<void> {
    await unlink(this.#path(id)).catch(ifMissing(undefined))
  }

  #path (id: string): string {
    return join(this.#folder, id)
  }
}

const ifMissing = <T>(value: T) => (error: NodeJS.ErrnoException): T => {
  if (error.code !== 'ENOENT') throw error
  return value
}

/** Flushes a folder, so that the names in it outlive a power failure. Windows has no such call. */
export async function syncFolder (path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
