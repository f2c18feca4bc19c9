import { CELLS, GRID } from './grid.ts'
import { PLANES, UNIT, type Signature } from './signature.ts'

/** Blocks with this side, half overlapping, are compared one by one ... */
export const BLOCK = 8
export const STEP = BLOCK / 2
export const BLOCKS_A_SIDE = (GRID - BLOCK) / STEP + 1
/** ... each at its best fit within this distance, so that a slightly cropped copy still matches. */
export const REACH = 1

const ONE = UNIT * UNIT
/** Sum of squares below which a block's structure is noise: two blocks without structure are similar. */
const STRUCTURE_NOISE = 0.2 * ONE * BLOCK * BLOCK
/** Weight of a block without structure. */
const LEAST_WEIGHT = 0.05 * ONE * BLOCK * BLOCK
/** The weight of colour and shade relative to structure. */
export const COLOUR_WEIGHT = 1.2

/**
 * Similarity of two signatures, 1 for equal ones, on the scale of the points of {@link CURVE}.
 * The difference between two portraits may be small: a head in the middle of a plain background looks the same in both. So
 * the differences of blocks are squared, which gives large ones more weight, and a block is weighted by its structure.
 */
export function likeness (one: Signature, other: Signature): number {
  const energies = [energiesOf(one), energiesOf(other)] as const
  return (likenessFrom(one, energies[0], other, energies[1]) + likenessFrom(other, energies[1], one, energies[0])) / 2
}

function likenessFrom (one: Signature, oneEnergies: Energies, other: Signature, otherEnergies: Energies): number {
  const products = SHIFTS.map((shift) => productsAt(one, other, shift))
  let weights = 0
  let structure = 0
  let colour = 0
  for (let row = 0; row < BLOCKS_A_SIDE; row++) {
    for (let column = 0; column < BLOCKS_A_SIDE; column++) {
      const energy = ofBlockAt(oneEnergies, row * STEP, column * STEP)
      let bestFit = -Infinity
      let bestEnergy = 0
      let bestPlace = 0
      for (let shift = 0; shift < SHIFTS.length; shift++) {
        const y = row * STEP + SHIFTS[shift]!.down
        const x = column * STEP + SHIFTS[shift]!.right
        if (y < 0 || x < 0 || y > GRID - BLOCK || x > GRID - BLOCK) continue
        const thatEnergy = ofBlockAt(otherEnergies, y, x)
        const fit = (2 * ofBlock(products[shift]!, row, column) + STRUCTURE_NOISE) / (energy + thatEnergy + STRUCTURE_NOISE)
        if (fit <= bestFit) continue
        bestFit = fit
        bestEnergy = thatEnergy
        bestPlace = y * GRID + x
      }
      const weight = energy + bestEnergy + LEAST_WEIGHT
      weights += weight
      structure += weight * square(1 - bestFit)
      colour += colourDistance(one, row * STEP * GRID + column * STEP, other, bestPlace)
    }
  }
  return 1 - Math.sqrt(structure / weights + square(COLOUR_WEIGHT * colour / (BLOCKS_A_SIDE * BLOCKS_A_SIDE)))
}

/** Not `**`, whose last bit IEEE 754 does not define. */
const square = (value: number): number => value * value

interface Shift { down: number, right: number }

const ways = Array.from({ length: 2 * REACH + 1 }, (_, i) => i - REACH)
const SHIFTS: readonly Shift[] = ways.flatMap((down) => ways.map((right) => ({ down, right })))

/** Squares of {@link STEP} cells, four of which make a block. */
export const SQUARES_A_SIDE = GRID / STEP

/** The products of one structure with the other's, shifted, summed for each square. */
function productsAt (one: Signature, other: Signature, { down, right }: Shift): Int32Array {
  const sums = new Int32Array(SQUARES_A_SIDE * SQUARES_A_SIDE)
  const end = Math.min(GRID, GRID - down)
  for (let y = Math.max(0, -down); y < end; y++) {
    const squares = Math.floor(y / STEP) * SQUARES_A_SIDE
    for (let square = 0; square < SQUARES_A_SIDE; square++) {
      // A shift to the left or right excludes the first cell of a row, or its last.
      const first = right < 0 && square === 0 ? 1 : 0
      const last = right > 0 && square === SQUARES_A_SIDE - 1 ? STEP - 1 : STEP
      const at = y * GRID + square * STEP
      const there = at + down * GRID + right
      let sum = 0
      for (let cell = first; cell < last; cell++) sum += one[at + cell]! * other[there + cell]!
      sums[squares + square]! += sum
    }
  }
  return sums
}

function ofBlock (sums: Int32Array, row: number, column: number): number {
  const at = row * SQUARES_A_SIDE + column
  return sums[at]! + sums[at + 1]! + sums[at + SQUARES_A_SIDE]! + sums[at + SQUARES_A_SIDE + 1]!
}

/** Squares of the structure, as a summed-area table. */
type Energies = Float64Array

const SIDE = GRID + 1

function energiesOf (signature: Signature): Energies {
  const sums = new Float64Array(SIDE * SIDE)
  for (let y = 0; y < GRID; y++) {
    for (let x = 0; x < GRID; x++) {
      const at = (y + 1) * SIDE + x + 1
      sums[at] = square(signature[y * GRID + x]!) + sums[at - 1]! + sums[at - SIDE]! - sums[at - SIDE - 1]!
    }
  }
  return sums
}

/** The sum of squares of the block at a place. */
function ofBlockAt (energies: Energies, y: number, x: number): number {
  const top = y * SIDE + x
  const bottom = top + BLOCK * SIDE
  return energies[bottom + BLOCK]! - energies[bottom]! - energies[top + BLOCK]! + energies[top]!
}

/** Mean square of the differences in colour and shade between two blocks. */
function colourDistance (one: Signature, from: number, other: Signature, to: number): number {
  let sum = 0
  for (let plane = PLANES.redGreen * CELLS; plane <= PLANES.shade * CELLS; plane += CELLS) {
    for (let row = plane; row < plane + BLOCK * GRID; row += GRID) {
      for (let i = row; i < row + BLOCK; i++) sum += square(one[from + i]! - other[to + i]!)
    }
  }
  return sum / (BLOCK * BLOCK * ONE)
}

/**
 * From similarity of signatures to Rekognition's percentage. Chosen on photographs: copies of one picture (scaled down to 80 px,
 * JPEG quality 40, brightness and contrast by a tenth, blur, 2 % cropped away) were at 0.85 and above, portraits of different
 * people at 0.25 and below, and tightly cropped grey faces of 25 px, aligned at the eyes, at 0.62 and below.
 */
const CURVE: ReadonlyArray<readonly [likeness: number, percent: number]> = [
  [-1, 0],
  [0, 12],
  [0.5, 30],
  [0.74, 50],
  [0.80, 99],
  [1, 100],
]

/** Rekognition's similarity, 0 to 100, of a {@link likeness}. */
export function toPercent (likeness: number): number {
  let [fromLikeness, fromPercent] = CURVE[0]!
  if (likeness <= fromLikeness) return fromPercent
  for (const [toLikeness, percent] of CURVE) {
    if (likeness < toLikeness) return fromPercent + (percent - fromPercent) * (likeness - fromLikeness) / (toLikeness - fromLikeness)
    fromLikeness = toLikeness
    fromPercent = percent
  }
  return fromPercent
}
