import { UnusablePicture } from '../faces/face-engine.ts'

/** A decoded picture: three bytes a pixel (red, green, blue), row after row, the right way up. */
export interface Picture {
  readonly pixels: Uint8Array
  readonly width: number
  readonly height: number
}

export interface DecodeOptions {
  /** Maximum length of the result's longer side, in pixels; pictures are not enlarged. */
  longestSide: number
  /** Minimum of width and height, and maximum of their product. */
  minPictureSide: number
  maxPicturePixels: number
}

const SIGNATURES = [Buffer.from([0xff, 0xd8, 0xff]), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])]

/**
 * Decodes a JPEG or PNG, recognized by its content, off the main thread, and scales it down. A JPEG is turned as its EXIF
 * says, a PNG is not; transparent pixels become black, as in most conversions to JPEG.
 * @throws {@link UnusablePicture}
 */
export async function decodePicture (bytes: Buffer, options: DecodeOptions): Promise<Picture> {
  const { longestSide, minPictureSide, maxPicturePixels } = options
  if (!SIGNATURES.some((signature) => bytes.subarray(0, signature.length).equals(signature))) throw new UnusablePicture('format')
  // Loaded with the first picture, since it takes longer than the rest of the emulator's start.
  const { default: sharp } = await import('sharp')
  // The limit is checked below, with our own error; nothing is decoded until then.
  const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata().catch(unusable)
  if (width * height > maxPicturePixels) throw new UnusablePicture('too-large')
  if (Math.min(width, height) < minPictureSide) throw new UnusablePicture('too-small')

  const picture = sharp(bytes, { limitInputPixels: maxPicturePixels, failOn: 'error' })
  if (bytes[0] === SIGNATURES[0]![0]) picture.autoOrient()
  const { data, info } = await picture
    .resize(longestSide, longestSide, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: 'black' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(unusable)
  return { pixels: info.channels === 3 ? data : threeChannels(data, info.channels), width: info.width, height: info.height }
}

function unusable (cause: unknown): never {
  throw new UnusablePicture('format', cause)
}

/** Greyscale as red, green and blue. */
function threeChannels (data: Uint8Array, channels: number): Uint8Array {
  const pixels = new Uint8Array(data.length / channels * 3)
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3) pixels.fill(data[from]!, to, to + 3)
  return pixels
}
