import { invalidCombination, invalidParameter, missingParameter, notEmulated, validation } from '../errors.ts'
import type { MetricDataQuery } from '../shapes.ts'
import type { Metric } from './metric.ts'
import { evaluate, type Scope } from './math/evaluate.ts'
import { BadExpression, parseExpression } from './math/parse.ts'
import { isList, isSeries, seriesOf, type Series } from './math/series.ts'
import type { MetricStore } from './metric-store.ts'
import { mergeSamples, statisticOf, type Sample } from './sample.ts'
import { checkPeriod, checkStatistic } from './checks.ts'

const ID = /^[a-z][a-zA-Z0-9_]*$/

/** Expressions that are not metric math but queries of their own. */
const OTHER_QUERIES = [[/\bSEARCH\s*\(/i, 'SEARCH'], [/^\s*SELECT\b/i, 'Metrics Insights queries'], [/\bANOMALY_DETECTION_BAND\s*\(/i, 'ANOMALY_DETECTION_BAND']] as const

/** Throws what is wrong with queries, without their data. */
export function checkQueries (queries: readonly MetricDataQuery[]): void {
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length) throw validation('The values for parameter id in MetricDataQueries are not unique.')
  for (const [index, query] of queries.entries()) {
    const at = `MetricDataQueries.member.${index + 1}`
    if (!ID.test(query.Id)) throw invalidParameter(query.Id, `${at}.Id`)
    if (query.AccountId !== undefined) throw notEmulated('the parameter AccountId of MetricDataQueries')
    const { MetricStat: stat, Expression: expression } = query
    if (stat && expression !== undefined) throw invalidCombination(`The parameters ${at}.Expression and ${at}.MetricStat are mutually exclusive and you have specified both.`)
    if (stat) {
      checkPeriod(stat.Period, `${at}.MetricStat.Period`)
      checkStatistic(stat.Stat, `${at}.MetricStat.Stat`)
      metricOf(stat.Metric, at)
    } else if (expression === undefined) {
      throw missingParameter(`Either ${at}.MetricStat or ${at}.Expression must be specified.`)
    } else {
      if (query.Period !== undefined) checkPeriod(query.Period, `${at}.Period`)
      for (const [pattern, name] of OTHER_QUERIES) if (pattern.test(expression)) throw notEmulated(`${name} in ${at}.Expression`)
      explained(query.Id, () => parseExpression(expression))
    }
  }
}

function metricOf (metric: NonNullable<MetricDataQuery['MetricStat']>['Metric'], at: string): Metric {
  const { Namespace, MetricName, Dimensions = [] } = metric
  if (Namespace === undefined) throw missingParameter(`The parameter ${at}.MetricStat.Metric.Namespace is required.`)
  if (MetricName === undefined) throw missingParameter(`The parameter ${at}.MetricStat.Metric.MetricName is required.`)
  return { Namespace, MetricName, Dimensions }
}

export interface QueryRange {
  store: MetricStore
  /** Epoch ms, inclusive. */
  from: number
  /** Epoch ms, exclusive. */
  to: number
  now: number
  /** A time at which a period begins. Default: the epoch. */
  alignedTo?: number
}

/** Queries on their data. They have passed {@link checkQueries}. */
export class QueryRun {
  readonly #queries: ReadonlyMap<string, MetricDataQuery>
  readonly #range: QueryRange
  readonly #done = new Map<string, readonly Series[]>()
  readonly #running = new Set<string>()

  constructor (queries: readonly MetricDataQuery[], range: QueryRange) {
    this.#queries = new Map(queries.map((query) => [query.Id, query]))
    this.#range = range
  }

  /** The time series of a query: several where it is an expression that gives a list of them. */
  result (id: string): readonly Series[] {
    const known = this.#done.get(id)
    if (known) return known
    const query = this.#queries.get(id)!
    if (this.#running.has(id)) throw new BadExpression(`${id} refers to itself`)
    this.#running.add(id)
    const series = query.MetricStat ? [this.#metric(query)] : this.#expression(query)
    this.#running.delete(id)
    this.#done.set(id, series)
    return series
  }

  /** How much data there was in each period of a metric, by its time. */
  counts (id: string): Map<number, Sample> {
    const stat = this.#queries.get(id)?.MetricStat
    return stat ? this.#samples(stat) : new Map<number, Sample>()
  }

  #metric (query: MetricDataQuery): Series {
    const stat = query.MetricStat!
    const values = [...this.#samples(stat)].map(([at, sample]) => [at, statisticOf(sample, stat.Stat)] as const)
    return seriesOf(values, { period: stat.Period, label: query.Label ?? stat.Metric.MetricName! })
  }

  /** Data of several units counts together. */
  #samples ({ Metric: metric, Period: period, Unit: unit }: NonNullable<MetricDataQuery['MetricStat']>): Map<number, Sample> {
    const { store, from, to, now, alignedTo } = this.#range
    const samples = new Map<number, Sample>()
    for (const { at, sample } of store.read(metricOf(metric, ''), { from, to, periodMs: period * 1000, alignedTo, unit }, now)) {
      const known = samples.get(at)
      samples.set(at, known ? mergeSamples(known, sample) : sample)
    }
    return samples
  }

  #expression (query: MetricDataQuery): readonly Series[] {
    const label = query.Label ?? query.Id
    return explained(query.Id, () => {
      const value = evaluate(parseExpression(query.Expression!), this.#scope())
      if (isList(value)) return value.map((one) => ({ ...one, label: `${label} ${one.label}` }))
      if (!isSeries(value)) throw new BadExpression('The expression must return a time series')
      return [{ ...value, label }]
    })
  }

  #scope (): Scope {
    const { from, to, alignedTo = 0 } = this.#range
    return {
      find: (id) => {
        if (!this.#queries.has(id)) throw new BadExpression(`${id} is not the id of a query`)
        const [first, ...rest] = this.result(id)
        return first && rest.length === 0 ? first : this.result(id)
      },
      metrics: () => [...this.#queries.values()].filter(({ MetricStat }) => MetricStat).map(({ Id: id }) => ({ id, series: this.result(id)[0]! })),
      times: (period) => {
        const step = period * 1000
        const first = Math.floor((from - alignedTo) / step) * step + alignedTo
        return Array.from({ length: Math.max(0, Math.ceil((to - first) / step)) }, (_, index) => first + index * step)
      },
    }
  }
}

function explained<T> (id: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw error instanceof BadExpression ? validation(`Error in expression '${id}': ${error.message}`) : error
  }
}
