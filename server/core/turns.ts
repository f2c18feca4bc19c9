/** Runs what is given under one key one after another, in the order in which it came; what is under other keys meanwhile. */
export type InTurn = <T>(key: string, run: () => Promise<T>) => Promise<T>

/** Turns within this process. What fails does not stop those behind it. */
export function createTurns (): InTurn {
  const last = new Map<string, Promise<unknown>>()

  return (key, run) => {
    const before = last.get(key)
    const mine = before ? before.then(run, run) : run()
    last.set(key, mine)
    const forget = () => { if (last.get(key) === mine) last.delete(key) }
    mine.then(forget, forget)
    return mine
  }
}
