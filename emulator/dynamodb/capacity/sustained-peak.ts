const MINUTE_MS = 60_000
/** A rate that is kept up for so many minutes is a peak that the table has grown to. */
const MINUTES = 30

/** What is stored of a {@link SustainedPeak}. */
export interface PeakState { peak: number, minute: number, current: number, totals: number[] }

/**
 * The highest rate (units a second) that an on-demand table has kept up: the highest average of any 30 minutes, by whole
 * minutes of the clock. AWS lets such a table use twice its previous peak at once, and more of it within 30 minutes.
 */
export class SustainedPeak {
  #peak = 0
  /** The minute that is being counted, since the epoch, and its units. */
  #minute: number
  #current = 0
  /** Of the minutes before it, the newest last. */
  #totals: number[] = []

  constructor (now: number) {
    this.#minute = minuteOf(now)
  }

  get state (): PeakState {
    return { peak: this.#peak, minute: this.#minute, current: this.#current, totals: [...this.#totals] }
  }

  set state ({ peak, minute, current, totals }: PeakState) {
    this.#peak = peak
    this.#minute = minute
    this.#current = current
    this.#totals = [...totals]
  }

  /** The peak, of the minutes that have ended. */
  rate (now: number): number {
    this.#close(minuteOf(now))
    return this.#peak
  }

  add (units: number): void {
    this.#current += units
  }

  #close (minute: number): void {
    if (minute === this.#minute) return
    const passed = minute - this.#minute
    this.#minute = minute
    if (passed < 0) return // the clock was moved back
    for (let count = 0; count < Math.min(passed, MINUTES); count++) {
      this.#totals.push(count === 0 ? this.#current : 0)
      if (this.#totals.length > MINUTES) this.#totals.shift()
      this.#peak = Math.max(this.#peak, this.#totals.reduce((sum, units) => sum + units, 0) / (MINUTES * 60))
    }
    this.#current = 0
  }
}

const minuteOf = (now: number): number => Math.floor(now / MINUTE_MS)
