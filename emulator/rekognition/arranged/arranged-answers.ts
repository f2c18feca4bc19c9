import { matchesWildcard } from '../../core/wildcard.ts'
import type { ArrangeableImage, ArrangedFaces } from './arranged-faces.ts'
import type { ArrangedAnswer, Arrangement } from './arrangement.ts'

/** Arrangements by rule, made by tests, in memory. The newest rule that fits an image is used. */
export class ArrangedAnswers implements ArrangedFaces {
  /** By their target; the newest last. */
  readonly #answers = new Map<string, ArrangedAnswer>()

  /**
   * Arranges Rekognition's answer for an image, named by the SHA-256 of its bytes or by its place in S3, where `*`
   * stands for any characters. Replaces the arrangement for exactly that target.
   * @returns the answer as it was understood
   * @throws BadArrangement, saying what is wrong
   */
  async arrange (answer: ArrangedAnswer): Promise<ArrangedAnswer> {
    // Loaded with the first arrangement, since its schema library loads slowly.
    const { checkAnswer } = await import('./arrangement.ts')
    const checked = checkAnswer(answer)
    const selector = JSON.stringify([checked.account, checked.sha256, checked.bucket, checked.key])
    this.#answers.delete(selector)
    this.#answers.set(selector, checked)
    return checked
  }

  /** The oldest first. */
  list (): ArrangedAnswer[] {
    return [...this.#answers.values()]
  }

  /**
   * Deletes the arrangements for one account, or all.
   * @returns how many
   */
  clear (account?: string): number {
    const before = this.#answers.size
    for (const [selector, answer] of this.#answers) {
      if (account === undefined || answer.account === account) this.#answers.delete(selector)
    }
    return before - this.#answers.size
  }

  async find (image: ArrangeableImage): Promise<Arrangement | undefined> {
    return this.list().findLast((answer) => isFor(answer, image))
  }
}

function isFor ({ account, sha256, bucket, key }: ArrangedAnswer, image: ArrangeableImage): boolean {
  if (account !== undefined && account !== image.account) return false
  if (sha256 !== undefined) return sha256 === image.sha256
  return image.object !== undefined && matchesWildcard(image.object.bucket, bucket!) && matchesWildcard(image.object.key, key!) // validated when it was arranged
}
