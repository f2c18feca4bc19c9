/** Chance that can be repeated: the same seed and name give the same sequence on every machine. */
export interface Random {
  /** A whole number from 0 up to, but without, `below`. */
  whole: (below: number) => number
  /** A number from `from` up to `to`. */
  between: (from: number, to: number) => number
  pick: <T>(choices: readonly T[]) => T
}

/** @param name  keeps the sequences of one seed apart, so that it does not matter who draws first */
export function createRandom (seed: number, name: string): Random {
  let state = hash(`${seed}/${name}`)
  // mulberry32, by Tommy Ettinger (public domain): small, quick and even enough for test data.
  function next (): number {
    state = (state + 0x6D2B79F5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (below: number) => Math.floor(next() * below)
  return {
    whole,
    between: (from, to) => from + next() * (to - from),
    pick: (choices) => choices[whole(choices.length)]!,
  }
}

/** FNV-1a, 32 bits. */
function hash (text: string): number {
  let value = 0x811C9DC5
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193)
  return value
}
