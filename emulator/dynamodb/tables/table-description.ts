import type { Limits } from '../limits.ts'
import { lasts } from './lasts.ts'
import { indexStatusOf, statusOf, type IndexRecord, type TableRecord } from './table-record.ts'
import { describeReplicas } from './replicas.ts'
import { shownThroughput } from './throughput.ts'
import { warmOf, type WarmSettings } from './warm-throughput.ts'
import type { Indexed, TableKeys } from '../values/item.ts'

/** The number and size of items in a table or an index. */
export interface Holdings { items: number, bytes: number }

export interface DescriptionOptions {
  /** Epoch ms. */
  now: number
  /** The table's size, or that of the named index. */
  holdings: (index?: string) => Holdings
  limits: Limits
  /**
   * The table as the answer to a change shows it: in every transitional state of the record, even if it takes no time.
   * The record must be settled.
   */
  changing?: boolean
}

/** A `TableDescription` as AWS gives it, at a moment. */
export function describeTable (table: TableRecord, { now, holdings, limits, changing = false }: DescriptionOptions): Record<string, unknown> {
  const { settings, LocalSecondaryIndexes, GlobalSecondaryIndexes, SSEDescription, ...shown } = table
  const at = changing ? -Infinity : now
  const { items, bytes } = holdings()
  const status = statusOf(table, at)
  const index = (record: IndexRecord) => {
    const { items: ItemCount, bytes: IndexSizeBytes } = holdings(record.IndexName)
    return { ...record, Projection: sortedProjection(record), IndexSizeBytes, ItemCount }
  }
  const onDemand = table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST'
  const warm = (record: WarmSettings, index?: string) => {
    const warming = settings.warming?.[index ?? '']
    // Before the new values, the old ones are shown.
    if (warming && lasts(warming.until, at)) return { ...warming.before, Status: 'UPDATING' }
    const madeNow = (index === undefined ? status : indexStatusOf(table, index, at)) === 'CREATING'
    return { ...warmOf(record, onDemand, limits), Status: madeNow ? 'CREATING' : 'ACTIVE' }
  }
  const globalIndexes = [...GlobalSecondaryIndexes ?? []]
  if (settings.dropping && lasts(settings.dropping.until, at)) globalIndexes.push(settings.dropping.index)
  return {
    ...shown,
    AttributeDefinitions: usedDefinitions({ ...table, GlobalSecondaryIndexes: globalIndexes }),
    ProvisionedThroughput: shownThroughput(table.ProvisionedThroughput, now),
    TableStatus: status,
    WarmThroughput: warm(table),
    ItemCount: items,
    TableSizeBytes: bytes,
    ...describeStream(table),
    ...describeReplicas(table, at),
    ...describeRestore(table, at),
    ...(SSEDescription && { SSEDescription: { ...SSEDescription, Status: lasts(settings.encryptingUntil, at) ? 'UPDATING' : 'ENABLED' } }),
    ...(LocalSecondaryIndexes && { LocalSecondaryIndexes: LocalSecondaryIndexes.map(index) }),
    // AWS leaves the global indexes out of the description of a table that is being deleted.
    ...(globalIndexes.length > 0 && status !== 'DELETING' && {
      GlobalSecondaryIndexes: globalIndexes.map((record) => ({
        ...index(record),
        ...(record.ProvisionedThroughput && { ProvisionedThroughput: shownThroughput(record.ProvisionedThroughput, now) }),
        IndexStatus: indexStatusOf(table, record.IndexName, at),
        WarmThroughput: warm(record, record.IndexName),
        ...backfilling(table, record, at),
      })),
    }),
  }
}

/** The definitions of key attributes, by name; AWS keeps no others. */
export function usedDefinitions (table: Indexed): TableKeys['AttributeDefinitions'] {
  const schemas = [table, ...table.LocalSecondaryIndexes ?? [], ...table.GlobalSecondaryIndexes ?? []]
  const used = new Set(schemas.flatMap(({ KeySchema }) => KeySchema.map(({ AttributeName }) => AttributeName)))
  return table.AttributeDefinitions
    .filter(({ AttributeName }) => used.has(AttributeName))
    .sort(({ AttributeName: one }, { AttributeName: other }) => one < other ? -1 : 1)
}

function describeStream ({ settings: { stream } }: TableRecord): Record<string, unknown> {
  if (!stream) return {}
  return {
    ...(stream.enabled && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType } }),
    LatestStreamLabel: stream.label,
    LatestStreamArn: stream.arn,
  }
}

function describeRestore ({ settings: { restored } }: TableRecord, at: number): Record<string, unknown> {
  if (!restored) return {}
  return {
    RestoreSummary: {
      ...(restored.backupArn !== undefined && { SourceBackupArn: restored.backupArn }),
      SourceTableArn: restored.tableArn,
      RestoreDateTime: restored.at / 1000,
      RestoreInProgress: lasts(restored.until, at),
    },
  }
}

function sortedProjection ({ Projection }: IndexRecord): IndexRecord['Projection'] {
  return Projection.NonKeyAttributes ? { ...Projection, NonKeyAttributes: [...Projection.NonKeyAttributes].sort() } : Projection
}

/** Only for an index that was added to a table, while it is being created. */
function backfilling ({ settings: { building } }: TableRecord, { IndexName }: IndexRecord, at: number): { Backfilling?: boolean } {
  return building?.index === IndexName && lasts(building.until, at) ? { Backfilling: at >= building.allocatedAt } : {}
}
