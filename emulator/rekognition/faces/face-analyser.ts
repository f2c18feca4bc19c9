import { createHash } from 'node:crypto'
import type { ObjectReader } from '../../s3/index.ts'
import type { ArrangeableImage, ArrangedFaces } from '../arranged/arranged-faces.ts'
import type { Arrangement } from '../arranged/arrangement.ts'
import { arrangeable, pictureFaults } from '../errors.ts'
import { arrangedFaces, seenFaces, similarityOf, type Face, type Identity } from './face.ts'
import { UnusablePicture, type DetectedFace, type FaceEngine } from './face-engine.ts'
import { readImage } from '../images/image.ts'
import type { Limits } from '../limits.ts'
import { findMatches, type Match, type SearchOptions } from '../collections/search.ts'
import type { Image } from '../shapes.ts'
import type { StoredFace } from '../collections/store.ts'

export interface FaceAnalyserOptions {
  objects: ObjectReader
  engine: FaceEngine
  /** Asked in this order; the first that has an arrangement for an image decides. */
  arranged: readonly ArrangedFaces[]
  limits: Limits
}

/** From the image of a request to its faces: reads the image, analyses it, and applies arrangements. */
export class FaceAnalyser {
  readonly #options: FaceAnalyserOptions

  constructor (options: FaceAnalyserOptions) {
    this.#options = options
  }

  /**
   * The faces of an image, largest first, at most as many as Rekognition returns.
   * @throws the error of the image, or the arranged one
   */
  async facesIn (image: Image, account: string): Promise<Face[]> {
    return (await this.look(image, account)).faces
  }

  /**
   * Like {@link facesIn}, with the identity of the picture.
   * @returns sha256  of its bytes, in hexadecimal
   */
  async look (image: Image, account: string): Promise<{ faces: Face[], sha256: string }> {
    const { objects, limits } = this.#options
    const { bytes, object } = await readImage(image, { account, objects, limits })
    const source = { account, object, sha256: createHash('sha256').update(bytes).digest('hex') }
    const arrangement = await this.#arrangementFor(source)
    if (arrangement?.error) throw arrangeable[arrangement.error]()
    const seen = await this.#see(bytes)
    const faces = this.#largest(arrangement?.faces ? arrangedFaces(arrangement.faces, seen) : seenFaces(seen))
    return { faces, sha256: source.sha256 }
  }

  /** The similarity of two faces, 0 to 100. */
  similarity (one: Face, other: Face): number {
    return similarityOf(this.#options.engine, one.identity, other.identity)
  }

  /** The stored faces that are similar to a face, the most similar first. */
  search (face: Identity, stored: readonly StoredFace[], options: SearchOptions): Promise<Match[]> {
    return findMatches(this.#options.engine, face, { ...options, stored })
  }

  async #arrangementFor (source: ArrangeableImage): Promise<Arrangement | undefined> {
    for (const arrangements of this.#options.arranged) {
      const found = await arrangements.find(source)
      if (found) return found
    }
    return undefined
  }

  async #see (bytes: Buffer): Promise<readonly DetectedFace[]> {
    try {
      return await this.#options.engine.detect(bytes)
    } catch (error) {
      if (error instanceof UnusablePicture) throw pictureFaults[error.fault]()
      throw error
    }
  }

  #largest (faces: Face[]): Face[] {
    const area = ({ detail: { BoundingBox: { Width, Height } } }: Face): number => Width * Height
    return faces.sort((a, b) => area(b) - area(a)).slice(0, this.#options.limits.maxFacesPerPicture)
  }
}
