import type { ExactNumber } from '../../core/exact-json.ts'

/** A vector of length 1; all zeros stay what they are. */
export type Direction = Float64Array

/** The direction of a vector, as near as doubles come to it. */
export function directionOf (vector: readonly ExactNumber[]): Direction {
  const direction = Float64Array.from(vector, Number)
  // DynamoDB's numbers end where their squares are still within those of a double.
  const length = Math.sqrt(dot(direction, direction))
  return length === 0 ? direction : direction.map((value) => value / length)
}

/** Cosine of the angle between two directions of the same dimension; 0 where one is all zeros. */
export function cosine (a: Direction, b: Direction): number {
  return Math.max(-1, Math.min(1, dot(a, b)))
}

function dot (a: Direction, b: Direction): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!
  return sum
}

/** Keeps the `k` most similar of all that it is shown; of equals those that came first. */
export class Nearest<T extends { similarity: number }> {
  readonly best: T[] = []
  readonly #k: number

  constructor (k: number) {
    this.#k = k
  }

  show (one: T): void {
    const last = this.best.at(-1)
    if (this.best.length === this.#k && last && last.similarity >= one.similarity) return
    const place = this.best.findIndex(({ similarity }) => similarity < one.similarity)
    this.best.splice(place < 0 ? this.best.length : place, 0, one)
    if (this.best.length > this.#k) this.best.pop()
  }
}
