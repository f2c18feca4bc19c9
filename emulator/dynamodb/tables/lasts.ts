/** Whether a transitional state lasts beyond a time. */
export function lasts (until: number | undefined, now: number): boolean {
  return until !== undefined && now < until
}
