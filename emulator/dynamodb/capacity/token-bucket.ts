/** Levels are kept in thousandths of a unit, so that halves of units and parts of seconds add up exactly. */
const SCALE = 1000

/** Units that come back with the clock's time, up to a size. */
export class TokenBucket {
  #rate: number
  #size: number
  #level: number
  /** Epoch ms at which the level was worked out. */
  #at: number

  /** @param options.seconds  how many seconds' worth of units it holds; it begins with one second's worth */
  constructor ({ rate, seconds, at }: { rate: number, seconds: number, at: number }) {
    this.#rate = rate
    this.#size = rate * seconds * SCALE
    this.#level = rate * SCALE
    this.#at = at
  }

  /** Units a second. */
  get rate (): number {
    return this.#rate
  }

  /** The most units that it holds. */
  get size (): number {
    return this.#size / SCALE
  }

  /** The units in it; below 0 while a request larger than the bucket is paid off. */
  level (now: number): number {
    this.#refill(now)
    return this.#level / SCALE
  }

  /** Whether a request of so many units is let through. One that is larger than the bucket is let through when the bucket is full. */
  admits (units: number, now: number): boolean {
    this.#refill(now)
    return this.#level >= Math.min(units * SCALE, this.#size)
  }

  take (units: number): void {
    this.#level -= units * SCALE
  }

  /** Changes the rate, and with it the size. What is in the bucket stays, as far as it fits. */
  resize (rate: number, seconds: number, now: number): void {
    this.#refill(now)
    this.#rate = rate
    this.#size = rate * seconds * SCALE
    this.#level = Math.min(this.#level, this.#size)
  }

  /** Sets the level that it had at a time. */
  restore (level: number, at: number): void {
    this.#level = Math.min(level * SCALE, this.#size)
    this.#at = at
  }

  #refill (now: number): void {
    // A clock that was moved back brings nothing, and counts from there.
    if (now > this.#at) this.#level = Math.min(this.#size, this.#level + this.#rate * (now - this.#at))
    this.#at = now
  }
}
