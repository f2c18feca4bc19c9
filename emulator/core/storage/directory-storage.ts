import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AbstractBatchOperation, AbstractSublevel } from 'abstract-level'
import { ClassicLevel } from 'classic-level'
import type { ClockMemo } from '../clock.ts'
import { Turns } from '../turns.ts'
import { requireIntactState } from './check-state.ts'
import { claimDirectory } from './data-directory.ts'
import { DataPathError, describeDataError } from './data-path-error.ts'
import { Database, type Write } from './database.ts'
import { DirectoryContentStore } from './directory-content-store.ts'
import { bytesToOpen, DiskSpace, isDiskFull } from './disk-space.ts'
import { GroupCommit } from './group-commit.ts'
import { CHUNK, type Partition, type Stage, type Storage, type StorageView } from './storage.ts'

type Root = ClassicLevel<string, string>
type Sublevel = AbstractSublevel<Root, string | Buffer | Uint8Array, string, unknown>
type Operation = AbstractBatchOperation<Root, string, string>

/** A partition on disk: a sublevel and a folder, both named by the id. */
interface Kept extends Partition { readonly id: string }

/** What is written down of an id: whose it is, and whether it is what that name means. */
interface Registered { name: string, live: boolean }

const CLOCK = 'clock'
/** The prefix of the names of the emulator's own values. */
const OWN = 'own/'

/**
 * All in a directory: one LevelDB for the databases of all partitions, and a folder of contents for each.
 *
 * Partitions have ids, and a register says which of them are live. To drop some, or to put a whole staged state in the
 * place of another, is thus one write to the register; what is not live is cleared later. LevelDB's lock keeps a second
 * process out.
 */
export class DirectoryStorage implements Storage {
  readonly #path: string
  readonly #root: Root
  readonly #register: Sublevel
  readonly #meta: Sublevel
  readonly #commits: GroupCommit<Operation>
  /** Changes of the set of live partitions are made one at a time. */
  readonly #changes = new Turns()
  #live = new Map<string, Kept>()
  #lastId = 0
  /** Of all partitions, by id. */
  readonly #levels = new Map<string, Sublevel>()
  #needsOpening = false
  #views = 0
  /** Partitions that running calls may still use. */
  #dropped: readonly Kept[] = []

  readonly #disk: DiskSpace

  private constructor (path: string, root: Root, disk: DiskSpace) {
    this.#path = path
    this.#root = root
    this.#disk = disk
    this.#register = sublevel(root, 'register')
    this.#meta = sublevel(root, 'meta')
    this.#commits = new GroupCommit((operations) => this.#write(operations))
  }

  /**
   * @param path  of a directory that is Sandtable's, empty, or not there yet
   * @param report  receives a line when its disk is full, and one when it no longer is
   * @throws DataPathError when it is none of these, in use, of a newer version or damaged
   */
  static async open (path: string, report: (text: string) => void = () => {}): Promise<DirectoryStorage> {
    const disk = new DiskSpace(path, report)
    await claimDirectory(path)
    try {
      await requireIntactState(path)
      await mkdir(join(path, 'state'), { recursive: true, mode: 0o700 })
    } catch (error) {
      throw describeDataError(path, error)
    }
    // It opens itself soon after it is made: nothing may be awaited between the two.
    const root: Root = new ClassicLevel(join(path, 'state'), { keyEncoding: 'utf8', valueEncoding: 'utf8' })
    try {
      await root.open()
    } catch (error) {
      if (isDiskFull(error)) throw await fullAtStart(path, error)
      throw describeDataError(path, error)
    }
    const storage = new DirectoryStorage(path, root, disk)
    try {
      await storage.#load()
    } catch (error) {
      await root.close()
      throw describeDataError(path, error)
    }
    return storage
  }

  get isFull (): boolean {
    return this.#disk.isFull
  }

  get clock (): ClockMemo | undefined {
    return this.#meta.getSync(CLOCK) as ClockMemo | undefined // only keepClock and replace write there
  }

  keepClock (memo: ClockMemo): Promise<void> {
    return this.#commits.commit([put(this.#meta, CLOCK, memo)])
  }

  kept (name: string): unknown {
    return this.#meta.getSync(OWN + name)
  }

  keep (name: string, value: unknown): Promise<void> {
    return this.#commits.commit([put(this.#meta, OWN + name, value)])
  }

  names (): string[] {
    return [...this.#live.keys()]
  }

  async open (name: string): Promise<Partition> {
    return this.#live.get(name) ?? this.#changes.take(() => this.#openIn(this.#live, name, true))
  }

  async drop (names: readonly string[]): Promise<void> {
    const dropped = names.flatMap((name) => this.#live.get(name) ?? [])
    for (const name of names) this.#live.delete(name)
    await this.#commits.commit(dropped.map(({ id }) => this.#registration(id, { name: '', live: false })))
    await this.#retire(dropped)
  }

  stage (): Stage {
    const staged = new Map<string, Kept>()
    return {
      names: () => [...staged.keys()],
      open: (name) => this.#openIn(staged, name, false),
      replace: async (clock, use) => {
        await this.#retire(await this.#changes.take(async () => {
          const replaced = [...this.#live.values()]
          await this.#commits.commit([
            ...replaced.map(({ id }) => this.#registration(id, { name: '', live: false })),
            ...Array.from(staged, ([name, { id }]) => this.#registration(id, { name, live: true })),
            put(this.#meta, CLOCK, clock),
          ])
          this.#live = staged
          use()
          return replaced
        }))
      },
      abandon: () => this.#clear([...staged.values()]),
    }
  }

  view (): StorageView {
    this.#views++
    const snapshot = this.#root.snapshot()
    const live = [...this.#live]
    const releases = live.map(([, { contents }]) => contents.hold())
    return {
      partitions: live.map(([name, { database, contents }]) => ({ name, contents, entries: () => database.chunks({}, CHUNK, snapshot) })),
      close: async () => {
        for (const release of releases) release()
        await snapshot.close()
        this.#views--
      },
    }
  }

  async close (): Promise<void> {
    await this.#root.close()
  }

  async #load (): Promise<void> {
    await mkdir(join(this.#path, 'contents'), { recursive: true, mode: 0o700 })
    await Promise.all([this.#register.open(), this.#meta.open()])
    const dead: Kept[] = []
    for await (const [id, value] of this.#register.iterator()) {
      const { name, live } = value as Registered // nothing else is written there
      this.#lastId = Math.max(this.#lastId, Number(id))
      const kept = await this.#keep(id)
      if (live) this.#live.set(name, kept)
      else dead.push(kept)
    }
    await this.#clear(dead)
    // Nothing can write to these any more, so their ids can be deleted.
    if (dead.length > 0) await this.#commits.commit(dead.map(({ id }) => ({ type: 'del', key: id, sublevel: this.#register })))
  }

  async #openIn (partitions: Map<string, Kept>, name: string, live: boolean): Promise<Kept> {
    const found = partitions.get(name)
    if (found) return found
    const kept = await this.#keep(String(++this.#lastId))
    // Registered before anything is written under it, so that it is found after a kill.
    await this.#commits.commit([this.#registration(kept.id, { name, live })])
    partitions.set(name, kept)
    return kept
  }

  async #keep (id: string): Promise<Kept> {
    const level = sublevel(this.#root, `p${id}`)
    await level.open()
    this.#levels.set(id, level)
    const commit = (writes: readonly Write[]): Promise<void> => this.#commits.commit(writes.map(({ key, value }) =>
      value === undefined ? { type: 'del', key, sublevel: level } : put(level, key, value)))
    return { id, database: new Database(level, commit), contents: new DirectoryContentStore(join(this.#path, 'contents', id), this.#disk) }
  }

  /**
   * Writes a batch. After a write fails on a full disk, LevelDB refuses writes until it is reopened, and nothing may be
   * appended to its log, whose last record may be incomplete. So writes are refused until a probe finds space.
   */
  async #write (operations: Operation[]): Promise<void> {
    if (this.#needsOpening) await this.#openAnew()
    try {
      await this.#root.batch(operations, { sync: true })
      this.#disk.free()
    } catch (error) {
      if (!isDiskFull(error)) throw error
      this.#needsOpening = true
      throw this.#disk.full(error)
    }
  }

  /** @throws StorageFull while there is no space */
  async #openAnew (): Promise<void> {
    const folder = join(this.#path, 'state')
    if (!await this.#disk.hasRoom(folder, await bytesToOpen(folder))) throw this.#disk.full()
    const sublevels = [this.#register, this.#meta, ...this.#levels.values()]
    try {
      await this.#root.close()
      await this.#root.open()
      await Promise.all(sublevels.map((level) => level.open()))
    } catch (error) {
      throw isDiskFull(error) ? this.#disk.full(error) : error
    }
    this.#needsOpening = false
  }

  #registration (id: string, registered: Registered): Operation {
    return put(this.#register, id, registered)
  }

  /**
   * Clears what was dropped before, unless a view is open; what is dropped now is cleared the next time, or at the next
   * start, since running calls may still use it.
   */
  async #retire (partitions: readonly Kept[]): Promise<void> {
    const before = this.#views > 0 ? [] : this.#dropped
    this.#dropped = [...this.#views > 0 ? this.#dropped : [], ...partitions]
    await this.#clear(before)
  }

  async #clear (partitions: readonly Kept[]): Promise<void> {
    for (const { id, database } of partitions) {
      await database.clear()
      await rm(join(this.#path, 'contents', id), { recursive: true, force: true })
      this.#levels.delete(id)
    }
  }
}

/** What to delete before a start on a full disk works. */
async function fullAtStart (path: string, cause: unknown): Promise<DataPathError> {
  const mebibytes = Math.ceil(await bytesToOpen(join(path, 'state')) / 1024 ** 2)
  return new DataPathError(path, `is on a full disk: free ${mebibytes} MiB there, and start again. No data is lost`, { cause })
}

function sublevel (root: Root, name: string): Sublevel {
  return root.sublevel<string, unknown>(name, { keyEncoding: 'utf8', valueEncoding: 'json' })
}

/** Made text at once: what it is now is what is stored, and what cannot be made text is its writer's fault alone. */
function put (level: Sublevel, key: string, value: unknown): Operation {
  return { type: 'put', key, value: JSON.stringify(value), sublevel: level, valueEncoding: 'utf8' }
}
