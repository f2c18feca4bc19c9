import type { Scope } from './evaluate.ts'
import { BadExpression } from './parse.ts'
import { isList, isSeries, seriesOf, timesOf, type Series, type Value } from './series.ts'

type MathFunction = (given: readonly Value[], scope: Scope) => Value

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
export const FUNCTIONS = {
  ABS: each(Math.abs),
  CEIL: each(Math.ceil),
  FLOOR: each(Math.floor),
  SUM: aggregate(sum),
  AVG: aggregate((values) => sum(values) / values.length),
  MIN: aggregate((values) => values.reduce((least, value) => Math.min(least, value))),
  MAX: aggregate((values) => values.reduce((most, value) => Math.max(most, value))),
  METRICS: (given, scope) => {
    const [part = ''] = given
    if (typeof part !== 'string') throw new BadExpression('METRICS takes text')
    return scope.metrics().filter(({ id }) => id.includes(part)).map(({ series }) => series)
  },
  PERIOD: (given) => seriesAt(given, 0, 'PERIOD').period,
  RUNNING_SUM: perSeries('RUNNING_SUM', (series) => {
    let total = 0
    return seriesOf([...series.values].map(([at, value]) => {
      total += value
      return [at, total]
    }), series)
  }),
  RATE: perSeries('RATE', (series) => {
    const entries = [...series.values]
    return seriesOf(entries.slice(1).map(([at, value], index) => {
      const [before, was] = entries[index]! // the one before it
      return [at, (value - was) / ((at - before) / 1000)]
    }), series)
  }),
  FILL: (given, scope) => {
    const [what = '', how = ''] = given
    const fill = (series: Series) => filled(series, how, scope.times(series.period))
    return isList(what) ? what.map(fill) : fill(seriesAt(given, 0, 'FILL'))
  },
  IF: ([condition, then, otherwise]) => {
    if (condition === undefined || then === undefined) throw new BadExpression('IF takes a condition and a value')
    return choose(condition, then, otherwise)
  },
} satisfies Record<string, MathFunction>

export const isFunction = (name: string): name is keyof typeof FUNCTIONS => Object.hasOwn(FUNCTIONS, name)

function seriesAt (given: readonly Value[], place: number, name: string): Series {
  const value = given[place]
  if (value === undefined || !isSeries(value)) throw new BadExpression(`${name} takes a time series`)
  return value
}

/** A function of one number, for numbers, time series and lists of these. */
function each (change: (value: number) => number): MathFunction {
  const apply = (value: Value | undefined): Value => {
    if (value === undefined || typeof value === 'string') throw new BadExpression('The function takes numbers or time series')
    if (typeof value === 'number') return change(value)
    if (isSeries(value)) return seriesOf([...value.values].map(([at, one]) => [at, change(one)]), value)
    return value.map((one) => apply(one) as Series) // of a series it makes one
  }
  return ([value]) => apply(value)
}

function perSeries (name: string, change: (series: Series) => Series): MathFunction {
  return (given) => {
    const [what] = given
    return what !== undefined && isList(what) ? what.map(change) : change(seriesAt(given, 0, name))
  }
}

/** Of one time series: a number. Of several: for each time at which any has a value, that of those which have one. */
function aggregate (combine: (values: readonly number[]) => number): MathFunction {
  return (given) => {
    const [what] = given
    if (what === undefined || typeof what === 'string' || typeof what === 'number') throw new BadExpression('The function takes time series')
    if (isSeries(what)) return what.values.size === 0 ? 0 : combine([...what.values.values()])
    const period = what[0]?.period ?? 60
    return seriesOf(timesOf(what).map((at) => [at, combine(what.flatMap(({ values }) => values.get(at) ?? []))]), { period, label: '' })
  }
}

/** Values for the times that have none: a number, the value before it, or on a line between its neighbours. */
function filled (series: Series, how: Value, times: readonly number[]): Series {
  const valueAt = fillerOf(series, how)
  return seriesOf(times.map((at) => [at, series.values.get(at) ?? valueAt(at)]), series)
}

function fillerOf ({ values }: Series, how: Value): (at: number) => number | undefined {
  if (typeof how === 'number') return () => how
  if (typeof how === 'object' && isSeries(how)) return (at) => how.values.get(at)
  const entries = [...values]
  const before = (at: number) => entries.findLast(([time]) => time < at)
  if (how === 'REPEAT') return (at) => before(at)?.[1]
  if (how !== 'LINEAR') throw new BadExpression('FILL takes a number, REPEAT or LINEAR')
  return (at) => {
    const left = before(at)
    const right = entries.find(([time]) => time > at)
    if (!left || !right) return undefined
    return left[1] + (right[1] - left[1]) * (at - left[0]) / (right[0] - left[0])
  }
}

/** `IF(condition, then, otherwise)`, at each time by itself; without `otherwise` there is no value then. */
function choose (condition: Value, then: Value, otherwise: Value | undefined): Value {
  for (const value of [condition, then, otherwise]) {
    if (typeof value === 'string' || (value !== undefined && isList(value))) throw new BadExpression('IF takes numbers and time series')
  }
  const at = (value: Value | undefined, time: number): number | undefined =>
    typeof value === 'number' ? value : value !== undefined && isSeries(value) ? value.values.get(time) : undefined
  const named = [condition, then, otherwise].find((value): value is Series => value !== undefined && isSeries(value))
  if (!named) return (condition !== 0 ? then : otherwise) ?? NaN
  const all = [condition, then, otherwise].filter((value): value is Series => value !== undefined && isSeries(value))
  const times = isSeries(condition) ? [...condition.values.keys()] : timesOf(all)
  return seriesOf(times.map((time) => [time, at(at(condition, time) ? then : otherwise, time)]), named)
}
