import type { AccountStore } from '../storage/account-store.ts'
import type { DynamodbService } from '../index.ts'
import type { TableThroughputReport } from './throughput-report.ts'

/** How the tables of an account stand, and whether requests beyond their throughput are throttled. */
export interface ThroughputReport {
  throttling: boolean
  tables: TableThroughputReport[]
}

interface Where { account: string, region: string }

/** Turns throttling on and off, and shows what tables may use and have used. */
export class Throughput {
  readonly #options: { dynamodb: DynamodbService, store: (account: string, region: string) => Promise<AccountStore> } & Where

  constructor (options: { dynamodb: DynamodbService, store: (account: string, region: string) => Promise<AccountStore> } & Where) {
    this.#options = options
  }

  /** Whether requests beyond a table's throughput are throttled. Turning it on starts all tables with a second's worth of units. */
  get throttling (): boolean {
    return this.#options.dynamodb.throttling.on
  }

  set throttling (on: boolean) {
    this.#options.dynamodb.throttling.on = on
  }

  /**
   * The tables of an account in a region, in the order of their names. Uses and refusals are counted while throttling is on.
   * @param where.table  only this table
   */
  async report ({ account = this.#options.account, region = this.#options.region, table }: Partial<Where> & { table?: string } = {}): Promise<ThroughputReport> {
    const { throttle } = await this.#options.store(account, region)
    return { throttling: this.throttling, tables: throttle.report(table) }
  }

  /** How long (ms) after a write it is seen by reads that are not strongly consistent, by table; `*` is all others. */
  get consistencyLag (): Readonly<Record<string, number>> {
    return this.#options.dynamodb.lag
  }

  /** @param lag  ms, of every table or by table; 0 ends it */
  async setConsistencyLag (lag: number | Readonly<Record<string, number>>): Promise<void> {
    await this.#options.dynamodb.setLag(lag)
  }
}
