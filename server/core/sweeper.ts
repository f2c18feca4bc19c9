import { setTimeout as sleep } from 'node:timers/promises'
import { stopwatch } from './clock.ts'

export interface SweeperOptions {
  /** Looks for work in the store and does it. It should stop early if the signal is aborted. */
  sweep: (signal: AbortSignal) => Promise<void>
  /** Whether known work is due, so that the next sweep should not wait. */
  isDue?: () => boolean
  /** Real time between two sweeps when nothing is known to be due. */
  everyMs: number
  /** Real time between two calls of `isDue`. */
  checkMs: number
  onError: (error: unknown) => void
}

export interface Sweeper {
  /** Sweeps now and periodically, until {@link close}. */
  start (): void
  /** Sweeps now. A call during a sweep adds one sweep after it. Resolves after the last of them; errors go to `onError`. */
  run (): Promise<void>
  /** Resolves when the running sweep has ended. */
  close (): Promise<void>
}

/** Repeats work whose state is in the store, at most one sweep at a time in this process. */
export function createSweeper ({ sweep, isDue = () => false, everyMs, checkMs, onError }: SweeperOptions): Sweeper {
  const stop = new AbortController()
  let isWanted = false
  let running: Promise<void> | undefined

  async function sweepWhileWanted (): Promise<void> {
    while (isWanted && !stop.signal.aborted) {
      isWanted = false
      await sweep(stop.signal).catch(onError)
    }
  }

  function run (): Promise<void> {
    isWanted = true
    running ??= sweepWhileWanted().finally(() => { running = undefined })
    return running
  }

  async function repeat (): Promise<void> {
    let last = -Infinity
    while (!stop.signal.aborted) {
      if (isDue() || stopwatch() - last >= everyMs) {
        await run()
        last = stopwatch()
      }
      await sleep(checkMs, undefined, { signal: stop.signal, ref: false }).catch(() => {}) // aborted
    }
  }

  return {
    start: () => { void repeat() },
    run,
    async close () {
      stop.abort()
      await running
    },
  }
}
