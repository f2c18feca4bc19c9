import type { Database, Write } from '../../core/storage/database.ts'
import type { Limits } from '../limits.ts'
import { canonical, metricId, type Metric, type Unit } from './metric.ts'
import { mergeSamples, type Sample } from './sample.ts'
import { pointsOf, type Steps } from './steps.ts'

/** A metric that has data. */
interface MetricRecord extends Metric {
  units: Unit[]
  /** Whether any of its data is finer than a minute. */
  fine?: boolean
  /** Epoch ms of its oldest and of its newest data. */
  first: number
  last: number
  /** Values that hold until they change, for those that are published by themselves. */
  steps?: Steps
}

/** The data of one hour, by its second within that hour at which each span begins. */
type Block = Record<number, Sample>

/** Data to be recorded. */
export interface Datum {
  metric: Metric
  unit: Unit
  /** Epoch ms. */
  at: number
  sample: Sample
  /** Kept by the second too, for three hours. */
  fine?: boolean
}

/** The data of one period. */
export interface Point {
  /** Epoch ms at which the period begins. */
  at: number
  unit: Unit
  sample: Sample
}

export interface ReadRange {
  /** Epoch ms, inclusive. */
  from: number
  /** Epoch ms, exclusive. */
  to: number
  periodMs: number
  /** A time at which a period begins. Default: the epoch. */
  alignedTo?: number
  /** Only data of this unit; default: of any, each apart. */
  unit?: Unit
}

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000

const pad = (hour: number): string => String(hour).padStart(9, '0')

/**
 * The metrics of an account in a region, by the minute, in blocks of an hour. Reads are synchronous and see what was
 * recorded at once; {@link flush} stores it.
 */
export class MetricStore {
  readonly #database: Database
  readonly #retention: Limits['retention']
  readonly #metrics = new Map<string, { id: string, record: MetricRecord }>()
  /** Blocks that have changed since they were stored. */
  readonly #dirty = new Map<string, Block>()
  readonly #dirtyMetrics = new Set<string>()
  #trimmedAt = 0

  private constructor (database: Database, retention: Limits['retention']) {
    this.#database = database
    this.#retention = retention
  }

  static async open (database: Database, { retention }: Limits): Promise<MetricStore> {
    const store = new MetricStore(database, retention)
    for await (const chunk of database.chunks({ gte: 'metric~', lt: 'metric~\u{7f}' }, 256)) {
      for (const [key, value] of chunk) {
        const record = structuredClone(value) as MetricRecord // only these are written there
        store.#metrics.set(canonical(record), { id: key.slice('metric~'.length), record })
      }
    }
    return store
  }

  /** Adds data to what was recorded. */
  record ({ metric, unit, at, sample, fine = false }: Datum): void {
    const { id, record } = this.#metricOf(metric, at)
    if (!record.units.includes(unit)) record.units = [...record.units, unit]
    const second = Math.floor(at / 1000)
    this.#add(dataKey(id, unit, second), Math.floor(second / 60) * 60 % 3600, sample)
    if (!fine) return
    record.fine = true
    this.#add(dataKey(id, unit, second, 'fine'), second % 3600, sample)
  }

  /** Sets, from a time on, the value that a metric has by itself; `undefined` for none. */
  step (metric: Metric, { unit, everyMs, at, value }: { unit: Unit, everyMs: number, at: number, value: number | undefined }): void {
    const known = this.#metrics.get(canonical(metric))?.record.steps
    if ((known?.values.at(-1)?.[1] ?? undefined) === value) return
    const { record } = this.#metricOf(metric, at)
    const since = at - this.#retention.hourMs
    const values = [...known?.values ?? [], [at, value ?? null] as [number, number | null]]
    // Of those that are past the retention one still holds.
    record.steps = { unit, everyMs, values: values.filter((_, index) => (values[index + 1]?.[0] ?? Infinity) > since) }
    if (!record.units.includes(unit)) record.units = [...record.units, unit]
  }

  /** The data of each period that has any, oldest first. Nothing is given at a resolution that is no longer kept. */
  read (metric: Metric, range: ReadRange, now: number): Point[] {
    const found = this.#metrics.get(canonical(metric))
    if (!found) return []
    const { id, record } = found
    const { periodMs, alignedTo = 0 } = range
    const from = Math.max(range.from, record.first - HOUR_MS, this.#oldestReadable(periodMs, now))
    const points = new Map<string, Point>()
    const add = (unit: Unit, time: number, sample: Sample) => {
      if (time < from || time >= range.to) return
      const at = Math.floor((time - alignedTo) / periodMs) * periodMs + alignedTo
      const key = `${at} ${unit}`
      const point = points.get(key)
      points.set(key, { at, unit, sample: point ? mergeSamples(point.sample, sample) : sample })
    }
    const fine = periodMs < MINUTE_MS
    for (const unit of record.units) {
      if (range.unit !== undefined && range.unit !== unit) continue
      if (record.steps?.unit === unit) for (const { at, sample } of pointsOf(record.steps, from, Math.min(range.to, now + 1))) add(unit, at, sample)
      if (fine && !record.fine) continue
      const end = Math.min(range.to, record.last + HOUR_MS)
      for (let hour = Math.floor(from / HOUR_MS); hour * HOUR_MS < end; hour++) {
        const block = this.#block(dataKey(id, unit, hour * 3600, fine ? 'fine' : 'data'))
        if (block) for (const [second, sample] of Object.entries(block)) add(unit, hour * HOUR_MS + Number(second) * 1000, sample)
      }
    }
    return [...points.values()].sort((one, other) => one.at - other.at)
  }

  /** The metrics that have data since a time, in an order that stays. */
  list (since: number, now: number): Metric[] {
    return [...this.#metrics]
      .filter(([, { record }]) => record.last >= since || lastStep(record, now) >= since)
      .sort(([one], [other]) => one < other ? -1 : 1)
      .map(([, { record: { Namespace, MetricName, Dimensions } }]) => ({ Namespace, MetricName, Dimensions }))
  }

  /** The metrics of a namespace that have values by themselves now. */
  withSteps (namespace: string): Metric[] {
    return [...this.#metrics.values()].flatMap(({ record }) => record.Namespace === namespace && (record.steps?.values.at(-1)?.[1] ?? null) !== null ? [record] : [])
  }

  /** The values that a metric has by itself, each times how long (ms) it had it. */
  stepIntegral (metric: Metric, from: number, to: number): number {
    const values = this.#metrics.get(canonical(metric))?.record.steps?.values ?? []
    return values.reduce((sum, [since, value], index) => {
      const length = Math.min(values[index + 1]?.[0] ?? Infinity, to) - Math.max(since, from)
      return sum + (value ?? 0) * Math.max(0, length)
    }, 0)
  }

  /** Stores what has changed. */
  async flush (): Promise<void> {
    if (this.#dirty.size === 0 && this.#dirtyMetrics.size === 0) return
    const blocks = [...this.#dirty]
    const writes: Write[] = blocks.map(([key, block]) => ({ key, value: structuredClone(block) }))
    for (const name of this.#dirtyMetrics) {
      const { id, record } = this.#metrics.get(name)!
      writes.push({ key: `metric~${id}`, value: structuredClone(record) })
    }
    this.#dirtyMetrics.clear()
    // Until then they are read from here; what is recorded meanwhile is in a block of its own.
    const before = new Map(blocks)
    await this.#database.commit(writes)
    for (const [key, block] of before) if (this.#dirty.get(key) === block) this.#dirty.delete(key)
  }

  /** Merges what is older than its resolution is kept, and drops what is older than anything is. */
  async trim (now: number): Promise<void> {
    await this.flush()
    const writes: Write[] = []
    const { subMinuteMs, minuteMs, fiveMinutesMs, hourMs } = this.#retention
    for (const { id, record } of this.#metrics.values()) {
      for (const unit of record.units) {
        const passing = (ageMs: number) => hoursBetween(Math.max(this.#trimmedAt - ageMs, record.first) - HOUR_MS, now - ageMs)
        for (const hour of passing(subMinuteMs)) if (record.fine) this.#drop(dataKey(id, unit, hour * 3600, 'fine'), writes)
        for (const hour of passing(minuteMs)) this.#coarsen(dataKey(id, unit, hour * 3600), 300, writes)
        for (const hour of passing(fiveMinutesMs)) this.#coarsen(dataKey(id, unit, hour * 3600), 3600, writes)
        for (const hour of passing(hourMs)) this.#drop(dataKey(id, unit, hour * 3600), writes)
      }
    }
    for (const [name, { id, record }] of this.#metrics) {
      if (record.last >= now - hourMs || lastStep(record, now) >= now - hourMs) continue
      this.#metrics.delete(name)
      writes.push({ key: `metric~${id}`, value: undefined })
    }
    this.#trimmedAt = now
    await this.#database.commit(writes)
  }

  #metricOf (metric: Metric, at: number): { id: string, record: MetricRecord } {
    const name = canonical(metric)
    let found = this.#metrics.get(name)
    if (!found) {
      const { Namespace, MetricName, Dimensions } = metric
      found = { id: metricId(name), record: { Namespace, MetricName, Dimensions: Dimensions.map(({ Name, Value }) => ({ Name, Value })), units: [], first: at, last: at } }
      this.#metrics.set(name, found)
    }
    const { record } = found
    record.first = Math.min(record.first, at)
    record.last = Math.max(record.last, at)
    this.#dirtyMetrics.add(name)
    return found
  }

  #add (key: string, second: number, sample: Sample): void {
    const block = { ...this.#block(key) }
    const known = block[second]
    block[second] = known ? mergeSamples(known, sample) : sample
    this.#dirty.set(key, block)
  }

  #block (key: string): Block | undefined {
    return this.#dirty.get(key) ?? this.#database.get(key) as Block | undefined // only blocks are written there
  }

  #drop (key: string, writes: Write[]): void {
    if (this.#database.get(key) !== undefined) writes.push({ key, value: undefined })
  }

  #coarsen (key: string, seconds: number, writes: Write[]): void {
    const block = this.#block(key)
    if (!block) return
    const merged: Block = {}
    for (const [second, sample] of Object.entries(block)) {
      const at = Math.floor(Number(second) / seconds) * seconds
      merged[at] = merged[at] ? mergeSamples(merged[at], sample) : sample
    }
    if (Object.keys(merged).length < Object.keys(block).length || !Object.hasOwn(block, 0)) writes.push({ key, value: merged })
  }

  #oldestReadable (periodMs: number, now: number): number {
    const { subMinuteMs, minuteMs, fiveMinutesMs, hourMs } = this.#retention
    if (periodMs < MINUTE_MS) return now - subMinuteMs
    if (periodMs % HOUR_MS === 0) return now - hourMs
    return now - (periodMs % (5 * MINUTE_MS) === 0 ? fiveMinutesMs : minuteMs)
  }
}

/** The newest time at which a metric with a value of its own was published. */
function lastStep ({ steps }: MetricRecord, now: number): number {
  const last = steps?.values.at(-1)
  if (!last) return -Infinity
  return last[1] === null ? last[0] : now
}

function dataKey (id: string, unit: Unit, second: number, kind: 'data' | 'fine' = 'data'): string {
  return `${kind}~${id}~${unit}~${pad(Math.floor(second / 3600))}`
}

/** Whole hours, of which none is left out between two rounds. */
function hoursBetween (from: number, to: number): number[] {
  const first = Math.floor(from / HOUR_MS)
  const end = Math.floor(to / HOUR_MS)
  return Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index)
}
