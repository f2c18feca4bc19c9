/** Values by the time (epoch ms) at which their period begins, and what they were computed from. */
export interface Series {
  readonly values: ReadonlyMap<number, number>
  /** In seconds. */
  readonly period: number
  readonly label: string
}

/** What an expression gives on the way: a number, text, values over time, or several of these. */
export type Value = number | string | Series | readonly Series[]

export const isList = (value: Value): value is readonly Series[] => Array.isArray(value)

export const isSeries = (value: Value): value is Series => typeof value === 'object' && !isList(value)

/** Values over time from others, without those that are no number, as after a division by zero. */
export function seriesOf (values: Iterable<readonly [number, number | undefined]>, { period, label }: Pick<Series, 'period' | 'label'>): Series {
  const kept = [...values].filter((entry): entry is [number, number] => entry[1] !== undefined && Number.isFinite(entry[1]))
  return { values: new Map(kept.sort(([one], [other]) => one - other)), period, label }
}

/** All times at which any of several has a value. */
export function timesOf (all: readonly Series[]): number[] {
  return [...new Set(all.flatMap(({ values }) => [...values.keys()]))].sort((one, other) => one - other)
}
