import { firstSequenceOf, sequenceAfter } from './change-log/sequence.ts'

/** Milliseconds: of every table, or of those that are named; `*` names all others. */
export type LagSetting = number | Readonly<Record<string, number>>

const OTHERS = '*'

/** How long after a write it is seen by reads that are not strongly consistent, and by those of global indexes. */
export class ConsistencyLag {
  readonly #log: { now (): number, lastSequence (): string }
  #setting: Readonly<Record<string, number>>
  #any: boolean
  /** By table, the first change that may be hidden: a setting that changes must not hide what has been seen. */
  #floors: Readonly<Record<string, string>> = {}

  /**
   * @param log.now           the clock's time, epoch ms
   * @param log.lastSequence  the newest sequence number of the change log
   */
  constructor (setting: LagSetting, log: { now (): number, lastSequence (): string }) {
    this.#log = log
    this.#setting = lagByTable(setting)
    this.#any = lags(this.#setting)
  }

  set (setting: LagSetting): void {
    const names = new Set([OTHERS, ...Object.keys(this.#setting), ...Object.keys(this.#floors)])
    this.#floors = Object.fromEntries(Array.from(names, (name) => [name, this.#firstHidden(name) ?? sequenceAfter(this.#log.lastSequence())]))
    this.#setting = lagByTable(setting)
    this.#any = lags(this.#setting)
  }

  /** Of one table, in ms. */
  of (table: string): number {
    return this.#any ? valueOf(this.#setting, table) ?? 0 : 0
  }

  /** The sequence number from which on changes of a table are hidden now; `undefined` when none is. */
  firstHidden (table: string): string | undefined {
    return this.#any ? this.#firstHidden(table) : undefined
  }

  #firstHidden (table: string): string | undefined {
    const lag = this.of(table)
    if (lag === 0) return undefined
    const first = firstSequenceOf(Math.max(0, this.#log.now() - lag + 1))
    const floor = valueOf(this.#floors, table)
    return floor !== undefined && floor > first ? floor : first
  }
}

/** A setting by table. */
export function lagByTable (setting: LagSetting): Readonly<Record<string, number>> {
  const named = typeof setting === 'number' ? { [OTHERS]: setting } : setting
  return Object.fromEntries(Object.entries(named).filter(([name, ms]) => ms > 0 || name !== OTHERS))
}

const lags = (setting: Readonly<Record<string, number>>): boolean => Object.values(setting).some((ms) => ms > 0)

const valueOf = <T>(values: Readonly<Record<string, T>>, table: string): T | undefined => Object.hasOwn(values, table) ? values[table] : values[OTHERS]
