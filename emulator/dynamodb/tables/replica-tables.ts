import { randomUUID } from 'node:crypto'
import type { UpdateTableInput } from '../requests/table-shapes.ts'
import { withMaxUnits } from './on-demand.ts'
import type { ReplicaOverrides } from './replicas.ts'
import type { IndexRecord, TableRecord } from './table-record.ts'
import { newThroughput, type Throughput, type Units } from './throughput.ts'

/**
 * The table that a replica is, by one in another region: the same keys, indexes, units, billing mode, class and TTL, but for its
 * own overrides. Tags, deletion protection, recovery and policies belong to a region.
 * Source: "Settings synchronization", developer guide.
 */
export function replicaTable (source: TableRecord, { region, overrides, now }: { region: string, overrides: ReplicaOverrides, now: number }): TableRecord {
  const TableArn = source.TableArn.replace(/^(arn:aws:dynamodb:)[^:]+/, `$1${region}`)
  const { TableClassSummary, SSEDescription, WarmThroughput: _warm, ...rest } = source
  const TableClass = overrides.TableClass ?? TableClassSummary?.TableClass
  const at = (index: IndexRecord): IndexRecord => ({ ...index, IndexArn: `${TableArn}/index/${index.IndexName}` })
  return withOverrides({
    ...rest,
    TableArn,
    TableId: randomUUID(),
    CreationDateTime: now / 1000,
    ProvisionedThroughput: newThroughput(unitsOf(source.ProvisionedThroughput)),
    ...(source.LocalSecondaryIndexes && { LocalSecondaryIndexes: source.LocalSecondaryIndexes.map(at) }),
    ...(source.GlobalSecondaryIndexes && { GlobalSecondaryIndexes: source.GlobalSecondaryIndexes.map((index) => ({ ...at(index), ProvisionedThroughput: newThroughput(unitsOf(index.ProvisionedThroughput!)) })) }),
    ...(TableClass !== undefined && TableClass !== 'STANDARD' && { TableClassSummary: { TableClass } }),
    ...(SSEDescription && { SSEDescription: { ...SSEDescription, KMSMasterKeyArn: keyArnIn(region, SSEDescription.KMSMasterKeyArn, overrides.KMSMasterKeyId) } }),
    DeletionProtectionEnabled: false,
    settings: { tags: {}, ...(source.settings.timeToLive && { timeToLive: source.settings.timeToLive }) },
  }, overrides)
}

/** A replica with its overrides; those of an index it does not have are ignored, as AWS does. */
export function withOverrides (table: TableRecord, { ReadCapacityUnits, MaxReadRequestUnits, indexes = {} }: ReplicaOverrides): TableRecord {
  const isOnDemand = table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST'
  const read = (units: Throughput, own: number | undefined): Throughput => isOnDemand || own === undefined ? units : { ...units, ReadCapacityUnits: own }
  const max = (own: number | undefined) => isOnDemand && own !== undefined ? { MaxReadRequestUnits: own } : undefined
  return {
    ...withMaxUnits(table, max(MaxReadRequestUnits)),
    ProvisionedThroughput: read(table.ProvisionedThroughput, ReadCapacityUnits),
    ...(table.GlobalSecondaryIndexes && {
      GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map((index) => {
        const own = indexes[index.IndexName]
        return own ? { ...withMaxUnits(index, max(own.MaxReadRequestUnits)), ProvisionedThroughput: read(index.ProvisionedThroughput!, own.ReadCapacityUnits) } : index
      }),
    }),
  }
}

/**
 * The part of an UpdateTable that holds for a replica in another region, with the replica's own read units. Deletion protection
 * and streams belong to a region; so does a KMS key, but not whether there is one.
 */
export function synchronized (input: UpdateTableInput, table: TableRecord, overrides: ReplicaOverrides): UpdateTableInput {
  const { DeletionProtectionEnabled: _protected, StreamSpecification: _stream, ReplicaUpdates: _replicas, SSESpecification, ProvisionedThroughput, OnDemandThroughput, GlobalSecondaryIndexUpdates, ...rest } = input
  const units = ProvisionedThroughput && own(ProvisionedThroughput, overrides.ReadCapacityUnits)
  const isSwitched = input.BillingMode !== undefined && input.BillingMode !== (table.BillingModeSummary?.BillingMode ?? 'PROVISIONED')
  return {
    ...rest,
    // Units that stay as they are would be refused.
    ...(units && (isSwitched || !isSame(units, table.ProvisionedThroughput)) && { ProvisionedThroughput: units }),
    ...(OnDemandThroughput && { OnDemandThroughput: { ...OnDemandThroughput, ...(overrides.MaxReadRequestUnits !== undefined && { MaxReadRequestUnits: overrides.MaxReadRequestUnits }) } }),
    ...(SSESpecification && { SSESpecification: { Enabled: SSESpecification.Enabled, SSEType: SSESpecification.SSEType } }),
    ...(GlobalSecondaryIndexUpdates && {
      GlobalSecondaryIndexUpdates: GlobalSecondaryIndexUpdates.map(({ Update, ...update }) => {
        const given = Update?.ProvisionedThroughput
        if (!given) return Update ? { ...update, Update } : update
        return { ...update, Update: { ...Update, ProvisionedThroughput: own(given, overrides.indexes?.[Update.IndexName]?.ReadCapacityUnits) } }
      }),
    }),
  }
}

const own = (units: Units, read: number | undefined): Units => read === undefined ? units : { ...units, ReadCapacityUnits: read }

const isSame = (one: Units, other: Units) => one.ReadCapacityUnits === other.ReadCapacityUnits && one.WriteCapacityUnits === other.WriteCapacityUnits

const unitsOf = ({ ReadCapacityUnits, WriteCapacityUnits }: Units): Units => ({ ReadCapacityUnits, WriteCapacityUnits })

/** A key belongs to its region. */
function keyArnIn (region: string, arn: string, given: string | undefined): string {
  if (given?.startsWith('arn:')) return given
  const local = arn.replace(/^(arn:aws:kms:)[^:]+/, `$1${region}`)
  if (given === undefined) return local
  return local.replace(/:[^:]*$/, `:${given.startsWith('alias/') ? '' : 'key/'}${given}`)
}
