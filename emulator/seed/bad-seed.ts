/** Says in one line what of a seed folder is wrong, and in which file and line. */
export class BadSeed extends Error {
  override name = 'BadSeed'
  /** A stack does not help a user of the command line. */
  override stack = undefined
}
