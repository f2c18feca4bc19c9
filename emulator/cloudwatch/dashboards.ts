import type { Database } from '../core/storage/database.ts'

export interface Dashboard {
  name: string
  body: string
  /** Epoch ms. */
  modified: number
  tags: Record<string, string>
}

/** The dashboards of an account: JSON that is kept as it came. */
export class Dashboards {
  readonly #database: Database
  readonly #all = new Map<string, Dashboard>()

  private constructor (database: Database) {
    this.#database = database
  }

  static async open (database: Database): Promise<Dashboards> {
    const dashboards = new Dashboards(database)
    for await (const chunk of database.chunks({ gte: 'dashboard~', lt: 'dashboard~\u{7f}' }, 256)) {
      for (const [, value] of chunk) {
        const dashboard = value as Dashboard // only these are written there
        dashboards.#all.set(dashboard.name, dashboard)
      }
    }
    return dashboards
  }

  get (name: string): Dashboard | undefined {
    return this.#all.get(name)
  }

  /** In the order of their names. */
  list (): Dashboard[] {
    return [...this.#all.values()].sort((one, other) => one.name < other.name ? -1 : 1)
  }

  async put (dashboard: Dashboard): Promise<void> {
    this.#all.set(dashboard.name, dashboard)
    await this.#database.commit([{ key: `dashboard~${dashboard.name}`, value: dashboard }])
  }

  async delete (names: readonly string[]): Promise<void> {
    for (const name of names) this.#all.delete(name)
    await this.#database.commit(names.map((name) => ({ key: `dashboard~${name}`, value: undefined })))
  }
}
