import type { ClockMemo } from '../clock.ts'
import { MemoryContentStore } from './memory-content-store.ts'
import { Database } from './database.ts'
import { CHUNK, type Partition, type Stage, type Storage, type StorageView } from './storage.ts'

/** All state in memory, for as long as the process lives. */
export class MemoryStorage implements Storage {
  readonly isFull = false
  readonly clock = undefined
  #partitions = new Map<string, Partition>()

  names (): string[] {
    return [...this.#partitions.keys()]
  }

  open (name: string): Promise<Partition> {
    return openIn(this.#partitions, name)
  }

  async keepClock (_memo: ClockMemo): Promise<void> {}

  kept (_name: string): undefined {}

  async keep (_name: string, _value: unknown): Promise<void> {}

  async drop (names: readonly string[]): Promise<void> {
    for (const name of names) this.#partitions.delete(name)
  }

  stage (): Stage {
    const partitions = new Map<string, Partition>()
    return {
      names: () => [...partitions.keys()],
      open: (name) => openIn(partitions, name),
      replace: async (_clock, use) => {
        this.#partitions = partitions
        use()
      },
      abandon: async () => {},
    }
  }

  view (): StorageView {
    const views = Array.from(this.#partitions, ([name, { database, contents }]) => {
      const snapshot = database.snapshot()
      const release = contents.hold()
      return {
        name,
        contents,
        entries: () => database.chunks({}, CHUNK, snapshot),
        async close () {
          release()
          await snapshot.close()
        },
      }
    })
    return {
      partitions: views,
      async close () { for (const view of views) await view.close() },
    }
  }

  async close (): Promise<void> {
    this.#partitions = new Map()
  }
}

async function openIn (partitions: Map<string, Partition>, name: string): Promise<Partition> {
  let partition = partitions.get(name)
  if (!partition) partitions.set(name, partition = { database: Database.openInMemory(), contents: new MemoryContentStore() })
  return partition
}
