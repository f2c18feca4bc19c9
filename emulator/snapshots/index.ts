import type { Readable } from 'node:stream'
import { VirtualClock, type ClockState } from '../core/clock.ts'
import type { LoadedState, Service } from '../core/service.ts'
import { Turns } from '../core/turns.ts'
import type { Stage, Storage } from '../core/storage/storage.ts'
import { BodyTooLarge } from '../core/wire.ts'
import { BadSnapshot, NoSuchSnapshot } from './errors.ts'
import { readSnapshot, writeSnapshot, type SnapshotHeader } from './format.ts'
import { compareSnapshots, type ComparedPart, type ReadRecords } from './compare.ts'
import { fill } from './fill.ts'
import type { Shelf } from './shelf.ts'

/** A saved state. */
export interface SnapshotInfo {
  name: string
  /** Of its file. */
  bytes: number
  /** The time that it was, and will be when it is restored. */
  clock: ClockState
}

export interface SnapshotsOptions {
  shelf: Shelf
  storage: Storage
  services: readonly Service[]
  clock: VirtualClock
  /** What replaces or drops state, one at a time. */
  changes: Turns
  /** Bytes to which a snapshot may unpack. Default: 64 GiB. */
  mostUnpackedBytes?: number
  /** Done before a state is saved, so that it is whole. */
  beforeSave?: () => Promise<void>
  /** Done at the end of every restore, before it is answered. */
  afterRestore: () => Promise<void>
}

/** Letters that every file system keeps apart from one another, and from paths. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** Bytes of the largest file that is taken. */
const MAX_UPLOAD_BYTES = 8 * 1024 ** 3
const MAX_UNPACKED_BYTES = 64 * 1024 ** 3

/** States of all services, with the clock's time, by name. */
export class Snapshots {
  readonly #options: SnapshotsOptions
  readonly #serviceNames: readonly string[]
  readonly #turns = new Turns()

  constructor (options: SnapshotsOptions) {
    this.#options = options
    this.#serviceNames = options.services.map(({ name }) => name)
  }

  /**
   * Saves the state as it is at this moment, while calls continue, in place of an earlier state of that name.
   * @param name  lower-case letters, digits and `._-`, 64 at most
   * @throws BadSnapshot for any other name
   */
  save (name: string): Promise<SnapshotInfo> {
    return this.#turns.take(async () => {
      checkName(name)
      const { shelf, storage, clock, services, beforeSave } = this.#options
      await beforeSave?.()
      for (const service of services) await service.keep?.()
      const view = storage.view()
      try {
        await shelf.put(name, writeSnapshot(view, { clock: clock.state() }))
      } finally {
        await view.close()
      }
      return this.#describe(name)
    })
  }

  /**
   * In the order of their names.
   * @throws BadSnapshot, which names the file, when one has been damaged
   */
  async list (): Promise<SnapshotInfo[]> {
    const names = await this.#options.shelf.names()
    const described = await Promise.all(names.map((name) => this.#describe(name).catch((error: unknown) => {
      if (!(error instanceof NoSuchSnapshot)) throw error // it may have been deleted meanwhile
    })))
    return described.filter((info) => info !== undefined)
  }

  /**
   * Puts a saved state in the place of everything, the clock included, in one step; calls that run meanwhile end with
   * what they had. When it fails, nothing has changed.
   * @throws NoSuchSnapshot; BadSnapshot for a file that does not hold what it should
   */
  async restore (name: string): Promise<SnapshotInfo> {
    const { storage, clock, changes, afterRestore } = this.#options
    const info = await this.#turns.take(async () => {
      const stage = storage.stage()
      const { header, loaded } = await this.#load(name, stage).catch(async (error: unknown) => {
        await stage.abandon()
        throw error
      })
      const memo = VirtualClock.memoOf(header.clock)
      await changes.take(async () => {
        await stage.replace(memo, () => {
          for (const part of loaded) part.use()
          clock.resumeFrom(memo)
        })
        // A move that was under way may have kept where it went to.
        await storage.keepClock(clock.memo())
        for (const part of loaded) await part.begin()
      })
      return this.#describe(name)
    })
    await afterRestore()
    return info
  }

  /**
   * What differs between two saved states: items of tables and objects of buckets that were added, changed, or are gone.
   * @throws NoSuchSnapshot; BadSnapshot for a damaged file
   */
  compare (first: string, second: string): Promise<ComparedPart[]> {
    return this.#turns.take(async () => {
      for (const name of [first, second]) await this.#describe(name)
      return compareSnapshots(this.#records(first), this.#records(second))
    })
  }

  #records (name: string): ReadRecords {
    return async function * (this: Snapshots) {
      const { file } = await this.#open(name)
      try {
        yield * (await this.#read(file)).records
      } finally {
        file.destroy()
      }
    }.bind(this)
  }

  /** @throws NoSuchSnapshot */
  delete (name: string): Promise<void> {
    return this.#turns.take(async () => {
      if (!await this.#options.shelf.delete(name)) throw new NoSuchSnapshot(name)
    })
  }

  /**
   * The file of a snapshot; docs/snapshots.md describes it.
   * @throws NoSuchSnapshot
   */
  async download (name: string): Promise<Readable> {
    return (await this.#open(name)).file
  }

  /**
   * Takes a file that {@link download} gave, here or elsewhere, in the place of what had the name.
   * @throws BadSnapshot when it is no snapshot, or not a whole one; nothing has changed then
   */
  upload (name: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<SnapshotInfo> {
    return this.#turns.take(async () => {
      checkName(name)
      await this.#options.shelf.put(name, bounded(bytes instanceof Uint8Array ? [bytes] : bytes), async (file) => {
        try {
          const { records } = await this.#read(file)
          while (!(await records.next()).done);
        } finally {
          file.destroy()
        }
      })
      return this.#describe(name)
    })
  }

  /** Reads a whole snapshot into a state that is not visible yet. */
  async #load (name: string, stage: Stage): Promise<{ header: SnapshotHeader, loaded: LoadedState[] }> {
    const { file } = await this.#open(name)
    try {
      const { header, records } = await this.#read(file)
      await fill(stage, records)
      const loaded: LoadedState[] = []
      for (const service of this.#options.services) loaded.push(await service.load(stage))
      return { header, loaded }
    } catch (error) {
      if (error instanceof BadSnapshot) throw error
      throw new BadSnapshot(`It does not hold a state: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    } finally {
      file.destroy()
    }
  }

  #read (file: Readable): ReturnType<typeof readSnapshot> {
    return readSnapshot(file, this.#serviceNames, this.#options.mostUnpackedBytes ?? MAX_UNPACKED_BYTES)
  }

  async #describe (name: string): Promise<SnapshotInfo> {
    const { bytes, file } = await this.#open(name)
    try {
      const { header: { clock } } = await this.#read(file)
      return { name, bytes, clock: { now: new Date(clock.epochMs).toISOString(), ...clock } }
    } catch (error) {
      throw error instanceof BadSnapshot ? new BadSnapshot(`The snapshot ${JSON.stringify(name)} cannot be read: ${error.message}`) : error
    } finally {
      file.destroy()
    }
  }

  async #open (name: string): Promise<{ bytes: number, file: Readable }> {
    const found = await this.#options.shelf.open(name)
    if (!found) throw new NoSuchSnapshot(name)
    return found
  }
}

function checkName (name: string): void {
  if (!NAME.test(name)) throw new BadSnapshot(`A snapshot's name is 1 to 64 of a-z 0-9 . _ - and begins with a letter or a digit, not ${JSON.stringify(name)}`)
}

async function * bounded (bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const part of bytes) {
    size += part.length
    if (size > MAX_UPLOAD_BYTES) throw new BodyTooLarge(`The body is larger than ${MAX_UPLOAD_BYTES} bytes`)
    yield part
  }
}
