import type { Arrangement } from './arrangement.ts'
import { BadArrangement } from './bad-arrangement.ts'
import { invalidParameter } from '../errors.ts'
import type { ImageSource } from '../images/image.ts'

/** What identifies an image. */
export interface ArrangeableImage extends Pick<ImageSource, 'object'> {
  /** The caller's. */
  readonly account: string
  /** Of the image's bytes, in hexadecimal. */
  readonly sha256: string
}

/** A source of arrangements. */
export interface ArrangedFaces {
  /**
   * The arrangement for an image, if there is one.
   * @throws InvalidParameterException, saying what is wrong with the arrangement
   */
  find (image: ArrangeableImage): Promise<Arrangement | undefined>
}

const METADATA = 'sandtable-faces'

/** Arrangements in the metadata of objects: `x-amz-meta-sandtable-faces: {"faces":[{"person":"anna"}]}`. */
export const facesInMetadata: ArrangedFaces = {
  async find ({ object }) {
    const text = object?.metadata[METADATA]
    if (object === undefined || text === undefined) return undefined
    // Loaded with the first arrangement: with its schema library it takes longer than the rest of the service.
    const { parseArrangement } = await import('./arrangement.ts')
    try {
      return parseArrangement(text)
    } catch (error) {
      if (!(error instanceof BadArrangement)) throw error
      throw invalidParameter(`The metadata x-amz-meta-${METADATA} of s3://${object.bucket}/${object.key} is not valid: ${error.message}`)
    }
  },
}
