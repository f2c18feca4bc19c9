import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../../emulator/control/duration.ts'

/** A number without a unit, such as `240`. */
const BARE = /^\d+(\.\d+)?$/

/** Parses `90s`, `PT1H`, or a bare number in the given unit; `undefined` for anything else. */
export const readDuration = (text: string, unit: 'ms' | 's'): number | undefined => parseDuration(BARE.test(text) ? `${text}${unit}` : text)

/**
 * The parser of an option or argument that is a duration.
 * @param unit     of a number without one
 * @param suchAs   examples, for the error
 * @returns milliseconds
 */
export const durationMs = (unit: 'ms' | 's', suchAs: string) => (text: string): number => {
  const ms = readDuration(text, unit)
  if (ms === undefined) throw new InvalidArgumentError(`It takes a duration such as ${suchAs}; a number without a unit is in ${unit}.`)
  return ms
}

/** The same for the control API, which needs a unit: as text, with one. */
export const durationText = (suchAs: string) => (text: string): string => {
  durationMs('s', suchAs)(text)
  return BARE.test(text) ? `${text}s` : text
}
