const SECONDS = 60

/** A sum over the last minute, by whole seconds of the clock. */
export class LastMinute {
  readonly #sums = new Float64Array(SECONDS)
  /** The second that each sum is of. */
  readonly #seconds = new Float64Array(SECONDS).fill(-1)

  add (amount: number, now: number): void {
    const second = Math.floor(now / 1000)
    const place = placeOf(second)
    if (this.#seconds[place] !== second) {
      this.#seconds[place] = second
      this.#sums[place] = 0
    }
    this.#sums[place]! += amount
  }

  total (now: number): number {
    const last = Math.floor(now / 1000)
    let total = 0
    for (let place = 0; place < SECONDS; place++) {
      if (this.#seconds[place]! > last - SECONDS && this.#seconds[place]! <= last) total += this.#sums[place]!
    }
    return total
  }
}

/** The clock goes back to the year 0, whose seconds are negative. */
const placeOf = (second: number): number => ((second % SECONDS) + SECONDS) % SECONDS
