import type { Limits } from '../limits.ts'
import type { MaxUnits } from '../tables/on-demand.ts'
import type { TableRecord } from '../tables/table-record.ts'
import { warmOf, type WarmSettings } from '../tables/warm-throughput.ts'
import type { HotKey, Kind } from './partition-keys.ts'
import { ResourceThroughput, type Allowance, type SideState } from './resource-throughput.ts'

/** What is stored of a table: its own sides, under an empty name, and those of its indexes. */
export type TableState = Record<string, Record<Kind, SideState>>

/** What a table or an index is set to. */
interface Settings extends WarmSettings { readonly OnDemandThroughput?: MaxUnits }

const UNITS = {
  Read: { provisioned: 'ReadCapacityUnits', max: 'MaxReadRequestUnits', warm: 'ReadUnitsPerSecond' },
  Write: { provisioned: 'WriteCapacityUnits', max: 'MaxWriteRequestUnits', warm: 'WriteUnitsPerSecond' },
} as const

/** The throughput of a table and of its global indexes. */
export class TableThroughput {
  #record: TableRecord | undefined
  readonly #resources = new Map<string, ResourceThroughput>()
  readonly #limits: Limits
  /** From when on its buckets fill, epoch ms. */
  readonly #since: number

  constructor (record: TableRecord, { limits, since, now, stored }: { limits: Limits, since: number, now: number, stored?: TableState }) {
    this.#limits = limits
    this.#since = since
    this.follow(record, now)
    for (const [name, state] of Object.entries(stored ?? {})) {
      const resource = this.#resources.get(name)
      for (const kind of ['Read', 'Write'] as const) resource?.[kind].resume(state[kind])
    }
  }

  /** The table, or one of its global indexes. */
  of (index = ''): ResourceThroughput {
    return this.#resources.get(index)!  // `follow` has seen the table's record with all its indexes
  }

  /** Takes over what has changed of the table. */
  follow (record: TableRecord, now: number): void {
    if (record === this.#record) return
    const since = this.#record ? now : this.#since
    this.#record = record
    const indexes = record.GlobalSecondaryIndexes ?? []
    const names = new Set(['', ...indexes.map(({ IndexName }) => IndexName)])
    for (const name of this.#resources.keys()) if (!names.has(name)) this.#resources.delete(name)
    this.#set('', { arn: record.TableArn, settings: record, record, since, now })
    for (const index of indexes) this.#set(index.IndexName, { arn: index.IndexArn, settings: index, record, since, now })
  }

  endMinute (): { name: string, units: number, hottest: HotKey | undefined }[] {
    return Array.from(this.#resources, ([index, resource]) => ({
      name: index === '' ? `table ${this.#record!.TableName}` : `index ${index} of table ${this.#record!.TableName}`,
      ...resource.endMinute(),
    }))
  }

  state (now: number): TableState {
    return Object.fromEntries(Array.from(this.#resources, ([name, { Read, Write }]) => [name, { Read: Read.state(now), Write: Write.state(now) }]))
  }

  #set (name: string, { arn, settings, record, since, now }: { arn: string, settings: Settings, record: TableRecord, since: number, now: number }): void {
    const { partitionReadUnits, partitionWriteUnits } = this.#limits
    let resource = this.#resources.get(name)
    if (!resource) {
      resource = new ResourceThroughput({ arn, scope: name === '' ? 'Table' : 'Index', keyLimits: { Read: partitionReadUnits, Write: partitionWriteUnits }, at: since })
      this.#resources.set(name, resource)
    }
    for (const kind of ['Read', 'Write'] as const) resource[kind].allow(this.#allowance(kind, settings, record), since, now)
  }

  #allowance (kind: Kind, settings: Settings, record: TableRecord): Allowance {
    const { provisioned, max, warm } = UNITS[kind]
    if (record.BillingModeSummary?.BillingMode !== 'PAY_PER_REQUEST') return { mode: 'PROVISIONED', rate: settings.ProvisionedThroughput?.[provisioned] ?? 0 }
    return { mode: 'PAY_PER_REQUEST', initial: warmOf(settings, true, this.#limits)[warm], account: this.#limits.tableUnits, max: settings.OnDemandThroughput?.[max] }
  }
}
