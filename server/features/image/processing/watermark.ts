import { fileURLToPath } from 'node:url'
import type { OverlayOptions } from 'sharp'
import type { Size } from '../schemas.ts'

/** The font comes along: a container may have none at all. */
const FONT_FILE = fileURLToPath(new URL('../fonts/DejaVuSans-Bold.ttf', import.meta.url))
const FONT = 'DejaVu Sans Bold'

/** Of the picture's shorter side; pixels. */
const FONT_SHARE = 0.045
const SMALLEST_FONT = 12
const LARGEST_FONT = 64
/** The widest that a text may be before it takes another line, and the highest that it may be at all. */
const WIDEST = 0.9
const HIGHEST = 0.5

/** What is behind the text, so that it can be read on anything. */
const BAND = { r: 0, g: 0, b: 0, alpha: 0.55 }

/** Makes a text for the lower right corner of a picture of this size, and fits it into the picture. */
export async function placeWatermark ({ width, height }: Size, text: string): Promise<OverlayOptions> {
  const { default: sharp } = await import('sharp')
  const fontSize = Math.round(Math.min(LARGEST_FONT, Math.max(SMALLEST_FONT, Math.min(width, height) * FONT_SHARE)))
  const padding = Math.ceil(fontSize / 2)
  const writing = await sharp({
    text: {
      text: `<span foreground="white">${escapeMarkup(text)}</span>`,
      font: `${FONT} ${fontSize}`,
      fontfile: FONT_FILE,
      dpi: 72, // a point is a pixel then
      width: Math.max(1, Math.floor(width * WIDEST) - 2 * padding),
      wrap: 'word-char',
      rgba: true,
    },
  }).png().toBuffer({ resolveWithObject: true })
  const band = sharp({
    create: { width: writing.info.width + 2 * padding, height: writing.info.height + 2 * padding, channels: 4, background: BAND },
  }).composite([{ input: writing.data }])
  const fitting = sharp(await band.png().toBuffer())
    .resize({ width: Math.ceil(width * WIDEST), height: Math.ceil(height * HIGHEST), fit: 'inside', withoutEnlargement: true })
  const { data, info } = await fitting.png().toBuffer({ resolveWithObject: true })
  const margin = (side: number, used: number) => Math.max(0, side - used - Math.min(padding, Math.floor((side - used) / 2)))
  return { input: data, left: margin(width, info.width), top: margin(height, info.height) }
}

/** The text is Pango's markup, and what a user writes is none. */
const escapeMarkup = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
