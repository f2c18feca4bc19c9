import { InvalidArgumentError } from 'commander'

/** So many in a time. */
export interface Rate { count: number, per: keyof typeof HOURS | 'month' }

const HOURS = { s: 1 / 3600, min: 1 / 60, h: 1, day: 24 } as const
const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6 }
const BYTES: Readonly<Record<string, number>> = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 }

const isPer = (text: string | undefined): text is Rate['per'] => text !== undefined && (text === 'month' || text in HOURS)

/** Reads `10000/day`, `5/s`, `2.5M/month`. */
export function parseRate (text: string): Rate {
  const [, number = '', factor = '', per] = /^(\d+(?:\.\d+)?)([kM]?)\/([a-z]+)$/.exec(text) ?? []
  if (number === '' || !isPer(per)) throw new InvalidArgumentError('It takes a rate such as 10000/day, 5/s or 2M/month')
  return { count: Number(number) * FACTORS[factor]!, per }
}

/** How many that are in a month of so many hours. */
export const monthly = ({ count, per }: Rate, hoursPerMonth: number): number => per === 'month' ? count : count * hoursPerMonth / HOURS[per]

/** Reads `300MB` in bytes; a KB has 1024. */
export function parseSize (text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([KMGT]?B)$/.exec(text) ?? []
  if (number === '') throw new InvalidArgumentError('It takes a size such as 1KB, 300MB or 5GB')
  return Number(number) * BYTES[unit]!
}
