/** There is no snapshot of that name. */
export class NoSuchSnapshot extends Error {
  override name = 'NoSuchSnapshot'

  constructor (name: string) {
    super(`There is no snapshot ${JSON.stringify(name)}`)
  }
}

/** A name that no snapshot can have, or a file that is no snapshot, or not a whole one. Says what is wrong. */
export class BadSnapshot extends Error {
  override name = 'BadSnapshot'
}
