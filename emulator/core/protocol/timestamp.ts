/** A time in an answer; each protocol writes it in its own form. */
export class Timestamp {
  readonly epochMs: number

  constructor (epochMs: number) {
    this.epochMs = epochMs
  }

  /** As XML has it: ISO 8601, with milliseconds where there are any. */
  toString (): string {
    return new Date(this.epochMs).toISOString().replace('.000Z', 'Z')
  }

  /** As JSON has it: epoch seconds. */
  toJSON (): number {
    return this.epochMs / 1000
  }
}
