/**
 * Sequence numbers of change records: 15 digits of the commit time (epoch ms), then 8 digits of a counter. All
 * have the same length, so that their order as text is their order as numbers.
 */

const COUNT_DIGITS = 8
const NEWEST = '9'.repeat(COUNT_DIGITS)

/** The lowest sequence number of a time (epoch ms). */
export function firstSequenceOf (ms: number): string {
  return sequenceOf(ms, 0)
}

/** The highest sequence number before a time (epoch ms). */
export function lastSequenceBefore (ms: number): string {
  return `${String(ms - 1).padStart(15, '0')}${NEWEST}`
}

/** The sequence number right after another. */
export function sequenceAfter (sequence: string): string {
  return String(BigInt(sequence) + 1n).padStart(sequence.length, '0')
}

/** The time (epoch ms) that a sequence number begins with. */
export function timeOfSequence (sequence: string): number {
  return Number(sequence.slice(0, -COUNT_DIGITS))
}

/** Issues sequence numbers, each higher than the one before, even when the clock is moved back. */
export class SequenceNumbers {
  #ms = 0
  #count = -1

  /** The newest sequence number. */
  get last (): string {
    return sequenceOf(this.#ms, Math.max(0, this.#count))
  }

  /** Continues after a sequence number that was issued before. */
  continueAfter (sequence: string): void {
    if (sequence <= this.last) return
    this.#ms = timeOfSequence(sequence)
    this.#count = Number(sequence.slice(-COUNT_DIGITS))
  }

  next (now: number): string {
    if (now > this.#ms) {
      this.#ms = now
      this.#count = -1
    }
    return sequenceOf(this.#ms, ++this.#count)
  }
}

function sequenceOf (ms: number, count: number): string {
  return String(ms).padStart(15, '0') + String(count).padStart(COUNT_DIGITS, '0')
}
