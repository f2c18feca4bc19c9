/** Numbers from 0 up to, but without, 1, that come in the same order for the same seed on every machine. */
export function seededRandom (seed: number): () => number {
  let state = seed
  // mulberry32, by Tommy Ettinger (public domain): small, quick and even enough to choose by.
  return () => {
    state = (state + 0x6D2B79F5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
