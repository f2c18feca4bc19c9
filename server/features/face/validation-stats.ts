import type { Attempt, ValidationStats } from './validation-schemas.ts'

/** Adds up attempts, one at a time, so that any number of them needs no memory. */
export class ValidationStatsSum {
  readonly #byStatus = { success: 0, failed: 0, pending: 0 }
  readonly #byQuality = { HIGH: 0, MEDIUM: 0, LOW: 0 }
  #total = 0
  #confidence = 0
  #first: string | null = null
  #last: string | null = null

  add ({ timestamp, validationStatus, confidence, quality }: Attempt): void {
    this.#byStatus[validationStatus] += 1
    this.#byQuality[quality] += 1
    this.#total += 1
    this.#confidence += confidence
    if (this.#first === null || timestamp < this.#first) this.#first = timestamp
    if (this.#last === null || timestamp > this.#last) this.#last = timestamp
  }

  of (userId: string): ValidationStats {
    const total = this.#total
    const share = (part: number) => total === 0 ? 0 : part / total * 100
    const { success, failed, pending } = this.#byStatus
    const { HIGH, MEDIUM, LOW } = this.#byQuality
    return {
      userId,
      total,
      succeeded: success,
      failed,
      pending,
      successRate: total === 0 ? null : share(success),
      averageConfidence: total === 0 ? null : this.#confidence / total,
      quality: { HIGH: share(HIGH), MEDIUM: share(MEDIUM), LOW: share(LOW) },
      firstValidationAt: this.#first,
      lastValidationAt: this.#last,
    }
  }
}
