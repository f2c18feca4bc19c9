import { randomBytes } from 'node:crypto'

/** Nine digits of base 36 hold milliseconds until the year 5188, so that ids sort by creation time. */
const TIME_DIGITS = 9

/** A unique id that sorts by time: `reg_`, nine characters of time, sixteen random ones. */
export function sortableId (prefix: string, now: number): string {
  return `${prefix}_${now.toString(36).padStart(TIME_DIGITS, '0')}${randomBytes(8).toString('hex')}`
}
