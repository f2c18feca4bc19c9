import type { Picture } from '../images/picture.ts'

/**
 * Brightness and sharpness of a picture as Rekognition returns them for a face, 0 to 100, measured from the pixels: an
 * ordinary well-lit sharp photograph has 70 or more of both.
 */
export function measureQuality (picture: Picture): { Brightness: number, Sharpness: number } {
  const light = lightOf(picture)
  return { Brightness: brightnessOf(light, picture), Sharpness: sharpnessOf(light, picture) }
}

/** Points of a piecewise linear function from a measure to a percentage. */
type Scale = ReadonlyArray<readonly [measure: number, percent: number]>

/** From light, 0 to 255. */
const BRIGHTNESS_SCALE: Scale = [[0, 0], [45, 40], [95, 75], [160, 90], [255, 100]]
/** From the share of the differences between neighbours that a further blur would leave. */
const SHARPNESS_SCALE: Scale = [[0.1, 100], [0.36, 88], [0.6, 70], [0.75, 40], [0.95, 0]]

/** Pixels brighter than this share of the middle do not count: a face rarely fills it. */
const BRIGHT_PART = 0.7

/** Half the width of the blur by which sharpness is measured. */
const BLUR_REACH = 3

function lightOf ({ pixels }: Picture): Uint8Array {
  const light = new Uint8Array(pixels.length / 3)
  for (let i = 0; i < light.length; i++) light[i] = (77 * pixels[i * 3]! + 150 * pixels[i * 3 + 1]! + 29 * pixels[i * 3 + 2]! + 128) >> 8
  return light
}

/** Measured on the bright part of the picture's middle, where its face is, whatever the background. */
function brightnessOf (light: Uint8Array, { width, height }: Picture): number {
  const counts = new Uint32Array(256)
  let total = 0
  for (let y = height >> 2; y < height - (height >> 2); y++) {
    for (let x = width >> 2; x < width - (width >> 2); x++, total++) counts[light[y * width + x]!]!++
  }
  let level = 0
  for (let below = counts[0]!; below < BRIGHT_PART * total; below += counts[++level]!);
  return onScale(level, BRIGHTNESS_SCALE)
}

/** Blurring changes a sharp picture much and a blurred one little (Crete et al., "The blur effect", 2007). */
function sharpnessOf (light: Uint8Array, { width, height }: Picture): number {
  const left = Math.max(leftByBlur(light, { lines: height, length: width, line: width, step: 1 }),
    leftByBlur(light, { lines: width, length: height, line: 1, step: width }))
  return onScale(left, SHARPNESS_SCALE)
}

/** The share of the differences between neighbours along each line that is left when the line is blurred. */
function leftByBlur (light: Uint8Array, { lines, length, line, step }: { lines: number, length: number, line: number, step: number }): number {
  const window = 2 * BLUR_REACH + 1
  let before = 0
  let after = 0
  for (let n = 0; n < lines; n++) {
    for (let i = BLUR_REACH + 1; i < length - BLUR_REACH; i++) {
      const at = n * line + i * step
      const difference = Math.abs(light[at]! - light[at - step]!)
      before += difference
      // The blurred line's difference is that of the pixels that enter and leave the window.
      const blurred = Math.abs(light[at + BLUR_REACH * step]! - light[at - (BLUR_REACH + 1) * step]!) / window
      after += Math.min(difference, blurred)
    }
  }
  return before === 0 ? 0 : after / before
}

function onScale (measure: number, scale: Scale): number {
  let [fromMeasure, fromPercent] = scale[0]!
  if (measure <= fromMeasure) return fromPercent
  for (const [toMeasure, percent] of scale) {
    if (measure < toMeasure) return fromPercent + (percent - fromPercent) * (measure - fromMeasure) / (toMeasure - fromMeasure)
    fromMeasure = toMeasure
    fromPercent = percent
  }
  return fromPercent
}
