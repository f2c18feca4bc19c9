interface Waiting<T> { writes: readonly T[], resolve: () => void, reject: (error: unknown) => void }

/**
 * Stores writes in order, in groups: writes that arrive while one group is being written to the
 * disk make up the next, so that many callers share one sync.
 */
export class GroupCommit<T> {
  readonly #store: (writes: T[]) => Promise<void>
  #waiting: Waiting<T>[] = []
  #storing = false

  /** @param store  stores all in one step */
  constructor (store: (writes: T[]) => Promise<void>) {
    this.#store = store
  }

  /** Resolves when the writes are stored; they are stored in one step. */
  commit (writes: readonly T[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ writes, resolve, reject })
      if (!this.#storing) void this.#run()
    })
  }

  async #run (): Promise<void> {
    this.#storing = true
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      try {
        await this.#store(group.flatMap(({ writes }) => writes))
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#storing = false
  }
}
