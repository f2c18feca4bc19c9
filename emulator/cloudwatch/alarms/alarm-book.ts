import type { Database, Write } from '../../core/storage/database.ts'
import type { Alarm } from './alarm.ts'

export type HistoryType = 'ConfigurationUpdate' | 'StateUpdate' | 'Action'

export interface HistoryItem {
  alarm: string
  alarmType: Alarm['type']
  /** Epoch ms. */
  at: number
  type: HistoryType
  summary: string
  /** JSON. */
  data: string
}

const HISTORY = { gte: 'history~', lt: 'history~\u{7f}' }
const historyKey = (at: number, count: number) => `history~${String(at).padStart(15, '0')}~${String(count).padStart(9, '0')}`

/** The alarms of an account in a region, with their history. */
export class AlarmBook {
  readonly #database: Database
  readonly #alarms = new Map<string, Alarm>()
  #count = 0

  private constructor (database: Database) {
    this.#database = database
  }

  static async open (database: Database): Promise<AlarmBook> {
    const book = new AlarmBook(database)
    for await (const chunk of database.chunks({ gte: 'alarm~', lt: 'alarm~\u{7f}' }, 256)) {
      for (const [, value] of chunk) {
        const alarm = value as Alarm // only these are written there
        book.#alarms.set(alarm.name, alarm)
      }
    }
    const keys = await database.keys(HISTORY)
    book.#count = Math.max(0, ...keys.map((key) => Number(key.split('~')[2]) + 1))
    return book
  }

  get size (): number {
    return this.#alarms.size
  }

  get (name: string): Alarm | undefined {
    return this.#alarms.get(name)
  }

  /** In the order of their names. */
  list (): Alarm[] {
    return [...this.#alarms.values()].sort((one, other) => one.name < other.name ? -1 : 1)
  }

  /** Stores alarms as they are now, in the place of those of their names, with what history has to say of it. */
  async put (alarms: readonly Alarm[], history: readonly HistoryItem[] = []): Promise<void> {
    for (const alarm of alarms) this.#alarms.set(alarm.name, alarm)
    await this.#database.commit([...alarms.map((alarm): Write => ({ key: `alarm~${alarm.name}`, value: structuredClone(alarm) })), ...this.#writes(history)])
  }

  async delete (names: readonly string[], history: readonly HistoryItem[]): Promise<void> {
    for (const name of names) this.#alarms.delete(name)
    await this.#database.commit([...names.map((name): Write => ({ key: `alarm~${name}`, value: undefined })), ...this.#writes(history)])
  }

  async note (history: readonly HistoryItem[]): Promise<void> {
    await this.#database.commit(this.#writes(history))
  }

  /** What happened in a span of time (both ends count), oldest first. */
  async history (from: number, to: number): Promise<HistoryItem[]> {
    const items: HistoryItem[] = []
    for await (const chunk of this.#database.chunks({ gte: historyKey(Math.max(0, from), 0), lt: historyKey(Math.max(0, to) + 1, 0) }, 256)) {
      for (const [, value] of chunk) items.push(value as HistoryItem) // only these are written there
    }
    return items
  }

  /** Forgets what happened before a time. */
  async trim (before: number): Promise<void> {
    await this.#database.clear({ gte: HISTORY.gte, lt: historyKey(Math.max(0, before), 0) })
  }

  #writes (history: readonly HistoryItem[]): Write[] {
    return history.map((item) => ({ key: historyKey(item.at, this.#count++), value: item }))
  }
}
