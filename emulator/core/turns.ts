/** Runs tasks one at a time, in the order in which they were added, whether or not earlier ones failed. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  take<T> (work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }
}
