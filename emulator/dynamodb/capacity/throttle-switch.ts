/** Whether requests are throttled, for all accounts. */
export class ThrottleSwitch {
  #on: boolean
  #turn = 0
  #since: number
  readonly #now: () => number

  constructor (on: boolean, now: () => number) {
    this.#on = on
    this.#now = now
    this.#since = now()
  }

  get on (): boolean {
    return this.#on
  }

  /** Turning it on starts all buckets anew. */
  set on (on: boolean) {
    if (on && !this.#on) {
      this.#turn++
      this.#since = this.#now()
    }
    this.#on = on
  }

  /** Counts how often it has been turned on. */
  get turn (): number {
    return this.#turn
  }

  /** When it was turned on, epoch ms. Buckets fill from then on, or from when their table was created. */
  get since (): number {
    return this.#since
  }
}
