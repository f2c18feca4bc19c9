import { CELLS, GRID } from './grid.ts'
import { PLANES, UNIT, type Signature } from './signature.ts'
import { BLOCK, BLOCKS_A_SIDE, COLOUR_WEIGHT, REACH, SQUARES_A_SIDE, STEP } from './similarity.ts'

/**
 * The colours and shades of a signature at low resolution. For each square of four by four cells: the sum at its place,
 * and the minimum and maximum sum within reach of a shift, one after the other.
 */
export type Outline = Int16Array

const COLOUR_PLANES = [PLANES.redGreen, PLANES.yellowBlue, PLANES.shade]
const SQUARES = SQUARES_A_SIDE * SQUARES_A_SIDE * COLOUR_PLANES.length
const [LEAST, GREATEST] = [SQUARES, 2 * SQUARES]
const LAST = GRID - STEP

/** How many of the half overlapping blocks contain each square. */
const TIMES = Uint8Array.from({ length: SQUARES }, (_, square) => {
  const inBlocks = (place: number): number => place === 0 || place === SQUARES_A_SIDE - 1 ? 1 : 2
  return inBlocks(square % SQUARES_A_SIDE) * inBlocks(Math.floor(square / SQUARES_A_SIDE) % SQUARES_A_SIDE)
})

export function outlineOf (signature: Signature): Outline {
  const outline = new Int16Array(3 * SQUARES)
  let square = 0
  for (const plane of COLOUR_PLANES) {
    const sums = squareSums(signature.subarray(plane * CELLS, (plane + 1) * CELLS))
    for (let y = 0; y <= LAST; y += STEP) {
      for (let x = 0; x <= LAST; x += STEP, square++) {
        const here = sums[y * GRID + x]!
        let [least, greatest] = [here, here]
        // A block that a shift moves over the edge is not compared there.
        for (let top = Math.max(0, y - REACH); top <= Math.min(LAST, y + REACH); top++) {
          for (let left = Math.max(0, x - REACH); left <= Math.min(LAST, x + REACH); left++) {
            const sum = sums[top * GRID + left]!
            if (sum < least) least = sum
            if (sum > greatest) greatest = sum
          }
        }
        outline[square] = here
        outline[LEAST + square] = least
        outline[GREATEST + square] = greatest
      }
    }
  }
  return outline
}

/** The sum of the square at each place of a plane, by its upper left cell. */
function squareSums (plane: Int8Array): Int16Array {
  const rows = new Int16Array(CELLS)
  for (let at = 0; at < CELLS - STEP + 1; at++) {
    for (let i = at; i < at + STEP; i++) rows[at]! += plane[i]!
  }
  const sums = new Int16Array(CELLS)
  for (let at = 0; at < CELLS - (STEP - 1) * GRID; at++) {
    for (let row = at; row < at + STEP * GRID; row += GRID) sums[at]! += rows[row]!
  }
  return sums
}

/** Tolerance for rounding. */
const SLACK = 1e-9

/**
 * An upper bound of the similarity of two signatures, by their colours alone: the mean of squares is never less than
 * the square of the mean, and wherever a block fits best, its squares are within reach.
 */
export function likenessAtMost (one: Outline, other: Outline): number {
  const colour = (colourAtLeast(one, other) + colourAtLeast(other, one)) / 2
  return 1 - COLOUR_WEIGHT * colour + SLACK
}

/** Between squares the sums of {@link STEP}² cells are compared, over all blocks; this makes the mean square of it. */
const SCALE = 1 / ((STEP * STEP) * (BLOCK * BLOCK) * (UNIT * UNIT) * (BLOCKS_A_SIDE * BLOCKS_A_SIDE))

function colourAtLeast (one: Outline, other: Outline): number {
  let sum = 0
  for (let square = 0; square < SQUARES; square++) {
    const here = one[square]!
    const distance = Math.max(0, other[LEAST + square]! - here, here - other[GREATEST + square]!)
    sum += TIMES[square]! * distance * distance
  }
  return sum * SCALE
}
