import { CELLS, GRID } from './grid.ts'
import { PLANES, UNIT, type Signature } from './signature.ts'

/** Colours and shade are averaged over squares of this many cells before anything is derived from them. */
const SQUARE = 4
const SQUARES = GRID / SQUARE

/**
 * Numbers about a picture that are nearly the same in its copies: each named trait weighs the broad colours
 * and shades of the signature by its own pattern.
 */
export class Traits {
  readonly #broad: number[] = []
  readonly #size: number

  constructor (signature: Signature) {
    for (let plane = PLANES.redGreen * CELLS; plane <= PLANES.shade * CELLS; plane += CELLS) {
      for (let y = 0; y < GRID; y += SQUARE) {
        for (let x = 0; x < GRID; x += SQUARE) this.#broad.push(sumOfSquare(signature, plane + y * GRID + x))
      }
    }
    const squares = this.#broad.reduce((sum, value) => sum + value * value, 0)
    this.#size = Math.sqrt(squares + SQUARES * SQUARES * UNIT)
  }

  /** Around 0, rarely beyond -2 or 2. */
  value (name: string): number {
    let bits = seedOf(name)
    let sum = 0
    for (const value of this.#broad) {
      bits = nextBits(bits)
      sum += bits & 0x10000 ? value : -value
    }
    return sum / this.#size
  }

  /** Scaled to 0 to 1, spread over most of the range. */
  share (name: string): number {
    const value = this.value(name)
    return (1 + value / (0.6 + Math.abs(value))) / 2
  }

  /** Scaled to a range. */
  between (name: string, low: number, high: number): number {
    return low + (high - low) * this.share(name)
  }
}

function sumOfSquare (signature: Signature, from: number): number {
  let sum = 0
  for (let y = 0; y < SQUARE; y++) {
    for (let x = 0; x < SQUARE; x++) sum += signature[from + y * GRID + x]!
  }
  return sum
}

/** FNV-1a: a stable number for a name. */
function seedOf (name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return hash | 1
}

/** Marsaglia's xorshift. */
function nextBits (bits: number): number {
  bits ^= bits << 13
  bits ^= bits >>> 17
  return bits ^ bits << 5
}
