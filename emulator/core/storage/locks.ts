/** `shared` holders can hold it together; an `exclusive` one only by itself. */
export type LockMode = 'shared' | 'exclusive'

interface Waiting { mode: LockMode, go: () => void }
interface Held { mode: LockMode, holders: number, queue: Waiting[] }

/** Locks by name, first come first served. A free lock is acquired without waiting for a tick. */
export class Locks {
  readonly #held = new Map<string, Held>()

  /** Acquires a lock, immediately (`undefined`) or when the promise resolves. */
  acquire (name: string, mode: LockMode): Promise<void> | undefined {
    const held = this.#held.get(name)
    if (!held) {
      this.#held.set(name, { mode, holders: 1, queue: [] })
      return undefined
    }
    if (mode === 'shared' && held.mode === 'shared' && held.queue.length === 0) {
      held.holders++
      return undefined
    }
    return new Promise((resolve) => held.queue.push({ mode, go: resolve }))
  }

  release (name: string): void {
    const held = this.#held.get(name)
    if (!held || --held.holders > 0) return
    const next = held.queue.shift()
    if (!next) {
      this.#held.delete(name)
      return
    }
    held.mode = next.mode
    held.holders = 1
    next.go()
    while (next.mode === 'shared' && held.queue[0]?.mode === 'shared') {
      held.holders++
      held.queue.shift()!.go()
    }
  }
}
