/**
 * Runs what is given under one key one after another, in the order in which it came; what is under other keys meanwhile.
 *
 * @param run  called with the result of the one right before it, unless that failed or ended long ago
 */
export type InTurn<T> = (key: string, run: (before: T | undefined) => Promise<T>) => Promise<T>

/** Turns within this process. What fails does not stop those behind it. */
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
