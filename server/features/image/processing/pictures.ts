import type { Sharp, SharpOptions } from 'sharp'
import { NotProcessable } from './not-processable.ts'
import { cameraOf } from './camera.ts'
import type { ImageType, Size } from '../schemas.ts'
import { placeWatermark } from './watermark.ts'

/** Pixels as they are while a picture is worked on. */
export interface Pixels extends Size {
  data: Buffer
  channels: 1 | 2 | 3 | 4
}

/** The properties of a decoded picture. */
export interface PictureFacts {
  /** As shown, after EXIF orientation. */
  size: Size
  camera: string | undefined
}

/** No step of a picture takes longer; one that does is hostile. Seconds. */
export const LONGEST_STEP_SECONDS = 20

/** A picture this small takes all of the original to make, and next to nothing besides. */
const GLANCE = 64

const QUALITY = 85

/** Loads the image library with the first picture: most processes never get one. */
export function createPictures ({ maxPixels }: { maxPixels: number }) {
  // `error` and not `warning`: cameras write files that decoders grumble about.
  const options: SharpOptions = { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true }

  async function open (bytes: Buffer): Promise<Sharp> {
    const { default: sharp } = await import('sharp')
    return sharp(bytes, options).timeout({ seconds: LONGEST_STEP_SECONDS })
  }

  return {
    /**
     * Decodes all of a picture, and reads what it says of itself.
     *
     * @throws {@link NotProcessable} it is corrupt, or too large
     */
    inspect: (bytes: Buffer): Promise<PictureFacts> => decoding(async () => {
      const { autoOrient: size, exif } = await (await open(bytes)).metadata()
      await (await open(bytes)).resize({ width: GLANCE, height: GLANCE, fit: 'inside' }).raw().toBuffer()
      return { size: { width: size.width, height: size.height }, camera: cameraOf(exif) }
    }),

    /** Fits a picture into a box, the right way up and never enlarged. @throws as `inspect` */
    resize: (bytes: Buffer, box: Size): Promise<Pixels> => decoding(async () => {
      const picture = (await open(bytes)).autoOrient().resize({ ...box, fit: 'inside', withoutEnlargement: true }).toColourspace('srgb')
      const { data, info: { width, height, channels } } = await picture.raw().toBuffer({ resolveWithObject: true })
      return { data, width, height, channels }
    }),

    /** Encodes a picture, with a text on it if there is one. Metadata of the original are removed. */
    async finish ({ data, ...raw }: Pixels, { type, watermarkText }: { type: ImageType, watermarkText: string | undefined }): Promise<Buffer> {
      const { default: sharp } = await import('sharp')
      const picture = sharp(data, { raw })
      if (watermarkText !== undefined) picture.composite([await placeWatermark(raw, watermarkText)])
      switch (type) {
        case 'image/jpeg': return picture.jpeg({ quality: QUALITY }).toBuffer()
        case 'image/png': return picture.png().toBuffer()
        case 'image/webp': return picture.webp({ quality: QUALITY }).toBuffer()
      }
    },
  }
}

export type Pictures = ReturnType<typeof createPictures>

/** What sharp throws while it decodes is the picture's fault. */
async function decoding<T> (work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const [why = ''] = error instanceof Error ? error.message.split('\n') : []
    throw new NotProcessable(`The image cannot be decoded: ${why}`)
  }
}
