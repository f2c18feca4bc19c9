import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { syncFolder } from '../core/storage/directory-content-store.ts'

/** Where snapshots are, each a file by its name. */
export interface Shelf {
  names (): Promise<string[]>
  /**
   * Puts a file in the place of what had its name, once all of it has come and `check` has let it pass.
   * @throws what the source or the check throws; nothing has changed then
   */
  put (name: string, bytes: AsyncIterable<Uint8Array>, check?: (file: Readable) => Promise<void>): Promise<void>
  /** `undefined` when there is none. */
  open (name: string): Promise<{ bytes: number, file: Readable } | undefined>
  /** @returns whether it was there */
  delete (name: string): Promise<boolean>
}

/** For as long as the process lives. */
export class MemoryShelf implements Shelf {
  readonly #files = new Map<string, readonly Uint8Array[]>()

  async names (): Promise<string[]> {
    return [...this.#files.keys()].sort()
  }

  async put (name: string, bytes: AsyncIterable<Uint8Array>, check?: (file: Readable) => Promise<void>): Promise<void> {
    const file: Uint8Array[] = []
    for await (const part of bytes) file.push(part)
    await check?.(Readable.from(file))
    this.#files.set(name, file)
  }

  async open (name: string): Promise<{ bytes: number, file: Readable } | undefined> {
    const file = this.#files.get(name)
    return file && { bytes: file.reduce((sum, { length }) => sum + length, 0), file: Readable.from(file) }
  }

  async delete (name: string): Promise<boolean> {
    return this.#files.delete(name)
  }
}

const ENDING = '.jsonl.gz'
const DRAFT = '.draft-'

/** In a folder, which is made when there is something to put in it. */
export class FolderShelf implements Shelf {
  readonly #folder: string

  constructor (folder: string) {
    this.#folder = folder
  }

  async names (): Promise<string[]> {
    const files = await this.#files()
    return files.filter((file) => file.endsWith(ENDING) && !file.startsWith(DRAFT)).map((file) => file.slice(0, -ENDING.length)).sort()
  }

  async put (name: string, bytes: AsyncIterable<Uint8Array>, check?: (file: Readable) => Promise<void>): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    // A kill may have left some; one file is put at a time.
    for (const file of await this.#files()) if (file.startsWith(DRAFT)) await rm(join(this.#folder, file))
    const draft = join(this.#folder, `${DRAFT}${randomUUID()}`)
    try {
      await pipeline(bytes, createWriteStream(draft, { flush: true, mode: 0o600 }))
      await check?.(createReadStream(draft))
      await rename(draft, this.#path(name))
      await syncFolder(this.#folder)
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
  }

  async open (name: string): Promise<{ bytes: number, file: Readable } | undefined> {
    if (!(await this.names()).includes(name)) return undefined
    const path = this.#path(name)
    return { bytes: (await stat(path)).size, file: createReadStream(path) }
  }

  async delete (name: string): Promise<boolean> {
    if (!(await this.names()).includes(name)) return false
    await rm(this.#path(name))
    return true
  }

  async #files (): Promise<string[]> {
    return readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
  }

  #path (name: string): string {
    return join(this.#folder, `${name}${ENDING}`)
  }
}
