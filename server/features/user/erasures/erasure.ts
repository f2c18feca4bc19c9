/** How much was deleted, by kind. */
export type Counts = Readonly<Record<string, number>>

/** Deletes everything that a feature keeps of a user. */
export interface Erasure {
  name: string
  /**
   * One pass over everything. It can be repeated, and be stopped anywhere: what is left is found by the next one.
   *
   * @returns what there was; all zero when nothing was left
   */
  pass (userId: string): Promise<Counts>
}
