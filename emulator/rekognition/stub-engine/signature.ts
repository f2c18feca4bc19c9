import type { Picture } from '../images/picture.ts'
import { CELLS, combine, mean, smooth, toGrid, type Plane } from './grid.ts'

/**
 * What a picture looks like, as four planes of {@link CELLS} signed bytes: the structure of its light (what is neither
 * fine grain nor broad shade, evened out so that every part counts), two planes of colour (red against green, yellow
 * against blue), and its broad light and shade. None of them changes much when the picture is scaled, compressed,
 * brightened or slightly blurred.
 *
 * Made with nothing but additions, multiplications, divisions and square roots, which IEEE 754 defines to the last bit,
 * so that it is the same on every machine and in every version of the runtime.
 */
export type Signature = Int8Array

export const PLANES = { structure: 0, redGreen: 1, yellowBlue: 2, shade: 3 } as const

/** The byte for 1: planes have a mean square of about 1, and hardly any values beyond 4. */
export const UNIT = 32

/** Below this spread of red, green and blue over the grid, in steps of 255, a picture has no detail. */
const LEAST_DETAIL = 0.5

/** Square of the spread of colour that JPEG's own noise may have; less colour than this does not count. */
const COLOUR_NOISE = 12 ** 2
const SHADE_NOISE = 8 ** 2

/** The weight of the broad planes relative to the others, as a square. */
const SHADE_WEIGHT = 0.7

/** The signature of a picture; `undefined` for one without any detail. */
export function signatureOf (picture: Picture): Signature | undefined {
  const { red, green, blue } = toGrid(picture)
  if (spread([red, green, blue]) < LEAST_DETAIL) return undefined

  const light = combine([red, green, blue], (r, g, b) => 0.299 * r + 0.587 * g + 0.114 * b)
  const redGreen = smooth(combine([red, green], (r, g) => r - g), 2)
  const yellowBlue = smooth(combine([red, green, blue], (r, g, b) => (r + g) / 2 - b), 2)
  const shade = smooth(light, 2)
  const middle = mean(shade)
  const colourSize = Math.sqrt(meanSquare(redGreen) + meanSquare(yellowBlue) + COLOUR_NOISE)
  const centred = combine([shade], (value) => value - middle)
  const shadeSize = Math.sqrt((meanSquare(centred) + SHADE_NOISE) / SHADE_WEIGHT)

  const signature = new Int8Array(4 * CELLS)
  write(signature, PLANES.structure, structureOf(light), 1)
  write(signature, PLANES.redGreen, redGreen, colourSize)
  write(signature, PLANES.yellowBlue, yellowBlue, colourSize)
  write(signature, PLANES.shade, centred, shadeSize)
  return signature
}

/** Light between two scales, divided at each place by its local amount, to a mean square of 1. */
function structureOf (light: Plane): Plane {
  const band = combine([smooth(light, 1), smooth(light, 4)], (fine, broad) => fine - broad)
  const squares = combine([band], (value) => value * value)
  // A share of the whole picture's contrast, so that grain in an even background counts less than a face.
  const floor = 0.3 * mean(squares) + 1
  const even = combine([band, smooth(squares, 4)], (value, around) => value / Math.sqrt(around + floor))
  const size = Math.sqrt(meanSquare(even) + 1e-6)
  return combine([even], (value) => value / size)
}

function write (signature: Signature, plane: number, values: Plane, one: number): void {
  for (let cell = 0; cell < CELLS; cell++) {
    signature[plane * CELLS + cell] = Math.max(-127, Math.min(127, Math.round(values[cell]! / one * UNIT)))
  }
}

const meanSquare = (plane: Plane): number => mean(combine([plane], (value) => value * value))

function spread (planes: Plane[]): number {
  return Math.sqrt(planes.reduce((sum, plane) => {
    const middle = mean(plane)
    return sum + meanSquare(combine([plane], (value) => value - middle)) / planes.length
  }, 0))
}
