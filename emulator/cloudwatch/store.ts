import type { Database } from '../core/storage/database.ts'
import { AlarmBook } from './alarms/alarm-book.ts'
import type { Limits } from './limits.ts'
import { Dashboards } from './dashboards.ts'
import { MetricStore } from './metrics/metric-store.ts'

/** What an account has in a region. */
export interface CloudwatchStore {
  readonly account: string
  readonly region: string
  readonly metrics: MetricStore
  readonly dashboards: Dashboards
  readonly alarms: AlarmBook
}

export async function openStore (database: Database, { account, region, limits }: { account: string, region: string, limits: Limits }): Promise<CloudwatchStore> {
  return { account, region, metrics: await MetricStore.open(database, limits), dashboards: await Dashboards.open(database), alarms: await AlarmBook.open(database) }
}
