/** Does one thing at a time, in the order in which they were asked for, whether or not those before went well. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  take<T> (work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }
}
