import type { Picture } from '../images/picture.ts'

/** The side of the square grid that every picture is averaged to, whatever its shape. */
export const GRID = 32
export const CELLS = GRID * GRID

/** One number for each cell, row after row. */
export type Plane = Float64Array

/** The mean red, green and blue of each cell; pixels on a border count for both cells by their share. */
export function toGrid ({ pixels, width, height }: Picture): { red: Plane, green: Plane, blue: Plane } {
  const columns = shares(width)
  const rows = shares(height)
  const planes = [new Float64Array(CELLS), new Float64Array(CELLS), new Float64Array(CELLS)] as const
  const row = new Float64Array(GRID * 3)
  for (let y = 0; y < height; y++) {
    row.fill(0)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3
      for (const [cell, share] of columns[x]!) {
        for (let channel = 0; channel < 3; channel++) row[cell * 3 + channel]! += share * pixels[at + channel]!
      }
    }
    for (const [cell, share] of rows[y]!) {
      for (let i = 0; i < GRID; i++) {
        for (let channel = 0; channel < 3; channel++) planes[channel]![cell * GRID + i]! += share * row[i * 3 + channel]!
      }
    }
  }
  return { red: planes[0], green: planes[1], blue: planes[2] }
}

/** For each of `length` pixels, the cells to which it belongs, and its share of each cell. */
function shares (length: number): Array<Array<[cell: number, share: number]>> {
  const size = length / GRID
  return Array.from({ length }, (_, pixel) => {
    const found: Array<[number, number]> = []
    for (let cell = Math.floor(pixel / size); cell < GRID && cell * size < pixel + 1; cell++) {
      const share = (Math.min((cell + 1) * size, pixel + 1) - Math.max(cell * size, pixel)) / size
      if (share > 0) found.push([cell, share])
    }
    return found
  })
}

export function combine (planes: readonly Plane[], value: (...cells: number[]) => number): Plane {
  return planes[0]!.map((_, cell) => value(...planes.map((plane) => plane[cell]!)))
}

export const mean = (plane: Plane): number => plane.reduce((sum, value) => sum + value, 0) / plane.length

/** Smooths with the binomial filter (1 2 1)/4, `passes` times in both directions; beyond the edge the last cell is repeated. */
export function smooth (plane: Plane, passes: number): Plane {
  let smoothed = plane
  for (let pass = 0; pass < passes; pass++) smoothed = smoothOnce(smoothOnce(smoothed, GRID, 1), 1, GRID)
  return smoothed
}

function smoothOnce (plane: Plane, acrossStep: number, alongStep: number): Plane {
  const smoothed = new Float64Array(CELLS)
  for (let across = 0; across < GRID; across++) {
    for (let along = 0; along < GRID; along++) {
      const at = across * acrossStep + along * alongStep
      const before = along === 0 ? at : at - alongStep
      const after = along === GRID - 1 ? at : at + alongStep
      smoothed[at] = (plane[before]! + 2 * plane[at]! + plane[after]!) / 4
    }
  }
  return smoothed
}
