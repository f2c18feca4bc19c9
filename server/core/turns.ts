/**
 * Runs the tasks of one key one after another, in order; tasks of other keys run in parallel.
 * @param run  called with the result of the previous task, unless it failed or ended long ago
 */
export type InTurn<T> = (key: string, run: (before: T | undefined) => Promise<T>) => Promise<T>

/** Queues within this process. A failure does not stop the tasks behind it. */
export function createTurns<T> (): InTurn<T> {
  const last = new Map<string, Promise<T>>()

  return (key, run) => {
    const before = last.get(key)
    const mine = before ? before.then(run, () => run(undefined)) : run(undefined)
    last.set(key, mine)
    const forget = () => { if (last.get(key) === mine) last.delete(key) }
    mine.then(forget, forget)
    return mine
  }
}
