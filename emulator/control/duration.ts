const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const SHORT = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/
const ISO = /^P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/**
 * Parses a duration: `31d`, `90s`, `500ms`, or ISO 8601 such as `PT1H` and `P31D`. Months and years are not accepted,
 * since they have no fixed length.
 * @returns milliseconds, or `undefined` for anything else
 */
export function parseDuration (text: string): number | undefined {
  const short = SHORT.exec(text)
  if (short) return Number(short[1]) * UNITS[short[2]!]!
  const iso = ISO.exec(text)
  if (!iso) return undefined
  const [weeks, days, hours, minutes, seconds] = iso.slice(1).map((part) => Number(part ?? 0))
  return weeks! * UNITS.w! + days! * UNITS.d! + hours! * UNITS.h! + minutes! * UNITS.m! + seconds! * UNITS.s!
}
