/** Says in one line what of a seed folder is wrong, and in which file and line. */
export class BadSeed extends Error {
  override name = 'BadSeed'
  /** Where it was thrown helps nobody who reads the line. */
  override stack = undefined
}
