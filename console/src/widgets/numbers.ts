const count = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const dollars = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumSignificantDigits: 3 })

/** `12,345.5` */
export const countOf = (value: number): string => count.format(value)

/** `$0.00123` */
export const dollarsOf = (value: number): string => dollars.format(value)

const SIZES = ['bytes', 'KB', 'MB', 'GB', 'TB']

/** `1.5 MB`, in steps of 1024. */
export function bytesOf (value: number): string {
  const step = value < 1 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), SIZES.length - 1)
  return `${count.format(value / 1024 ** step)} ${SIZES[step]}`
}

/** `2026-03-01 12:00:00.000`, UTC. */
export const timeOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 23).replace('T', ' ')

/** `3 d 4 h`, the two largest units. */
export function durationOf (ms: number): string {
  const parts: [number, string][] = [[86_400_000, 'd'], [3_600_000, 'h'], [60_000, 'min'], [1000, 's']]
  let rest = Math.abs(ms)
  const found: string[] = []
  for (const [size, unit] of parts) {
    const whole = Math.floor(rest / size)
    rest -= whole * size
    if (whole > 0 || found.length > 0) found.push(`${whole} ${unit}`)
    if (found.length === 2) break
  }
  return found.length === 0 ? '0 s' : found.join(' ')
}
