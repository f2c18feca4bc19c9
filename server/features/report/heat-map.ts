/** Colours of the values from -1 to 1, at even distances: dark blue, white, dark red. */
const SCALE: readonly (readonly [red: number, green: number, blue: number])[] = [[5, 48, 97], [67, 147, 195], [247, 247, 247], [214, 96, 77], [103, 0, 31]]
const CHANNELS = 3
/** A small matrix is drawn with larger squares, up to this many pixels. */
const LEAST_PIXELS = 512

/** Draws a square matrix of values from -1 to 1 as a PNG, row by row from the top. */
export async function heatMap (rows: readonly Float64Array[]): Promise<Uint8Array> {
  // It takes a while to load, and few ask for it.
  const { default: sharp } = await import('sharp')
  const size = rows.length
  const pixels = new Uint8Array(size * size * CHANNELS)
  rows.forEach((row, y) => row.forEach((value, x) => pixels.set(colourOf(value), (y * size + x) * CHANNELS)))
  const scale = Math.max(1, Math.floor(LEAST_PIXELS / size))
  return sharp(pixels, { raw: { width: size, height: size, channels: CHANNELS } })
    .resize(size * scale, size * scale, { kernel: 'nearest' })
    .png()
    .toBuffer()
}

function colourOf (value: number): number[] {
  const place = (value + 1) / 2 * (SCALE.length - 1)
  const below = Math.min(Math.floor(place), SCALE.length - 2)
  const [from, to] = [SCALE[below]!, SCALE[below + 1]!]
  return from.map((channel, index) => Math.round(channel + (to[index]! - channel) * (place - below)))
}
