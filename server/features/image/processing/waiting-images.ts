import type { ImageKey } from '../schemas.ts'
import type { StoredImage } from '../repositories/images.ts'

/** A queue of images that takes each once, and no more than it may. */
export class WaitingImages {
  readonly #limit: number
  readonly #waiting = new Map<string, StoredImage>()

  constructor (limit: number) {
    this.#limit = limit
  }

  /** @returns `false` when there is no room for it */
  add (image: StoredImage): boolean {
    const name = nameOf(image)
    if (this.#waiting.size >= this.#limit && !this.#waiting.has(name)) return false
    this.#waiting.set(name, image)
    return true
  }

  take (): StoredImage | undefined {
    const [first] = this.#waiting
    if (!first) return undefined
    this.#waiting.delete(first[0])
    return first[1]
  }
}

const nameOf = ({ imageId, userId }: ImageKey) => `${imageId} ${userId}`
