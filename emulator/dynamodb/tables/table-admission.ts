import type { DynamodbContext } from '../context.ts'
import { limitExceeded, stillInUse, tableNotFound } from '../errors.ts'
import { indexStatusOf, settled, statusOf, type TableRecord } from './table-record.ts'
import type { UnitOfWork } from '../storage/unit-of-work.ts'

/**
 * What may be changed while another change is in progress. AWS does not document it; the rules and messages are those that
 * users have observed.
 */

/**
 * The table of a request that changes it, settled, for this unit of work only.
 * @throws ResourceNotFoundException
 */
export async function tableToChange (work: UnitOfWork, name: string, { store, startedAt, notes }: DynamodbContext): Promise<TableRecord> {
  notes.resource = name
  await work.ownTable(name)
  const table = store.tables.get(name)
  if (!table) throw tableNotFound(name)
  return settled(table, startedAt)
}

/** @throws ResourceInUseException for a table that is being created or deleted: it cannot be changed */
export function admitChange (table: TableRecord, now: number): void {
  const status = statusOf(table, now)
  if (status === 'CREATING') throw stillInUse(`Table is being created: ${table.TableName}`)
  if (status === 'DELETING') throw stillInUse(`Table is being deleted: ${table.TableName}`)
}

/** Checks a change of the table's units or billing mode; the table is settled. */
export function admitThroughput ({ TableName, settings: { updating, building, dropping } }: TableRecord, now: number): void {
  if (updating?.what === 'throughput') throw stillInUse(`Table IOPS are currently being updated. Table: ${TableName}`)
  if (updating) throw stillInUse(`Can't change table IOPS when a table class update is in progress. Table: ${TableName}`)
  // An index that is already being filled does not prevent it.
  if (building && now < building.allocatedAt) throw stillInUse(`Can't change table IOPS when an index is being created. Table: ${TableName} Indexes: [${building.index}]`)
  if (dropping) throw stillInUse(`Can't change table IOPS when an index is being deleted. Table: ${TableName} Indexes: [${dropping.index.IndexName}]`)
}

export function admitTableClass ({ TableName, TableClassSummary, settings: { updating } }: TableRecord): void {
  if (updating?.what === 'throughput') throw stillInUse(`Can't update table class while table IOPS are being updated. Table: ${TableName}`)
  if (updating) {
    throw stillInUse(`Can't update table class when a table class update is in progress. Table: ${TableName} ` +
      `TableClassUpdateInProgress: ${TableClassSummary?.TableClass ?? 'STANDARD'}`)
  }
}

export function admitEncryption ({ settings: { encryptingUntil } }: TableRecord): void {
  if (encryptingUntil !== undefined) throw stillInUse('Server-Side Encryption is still being updated')
}

/** Checks that an index may be created or deleted, or its throughput changed; the table is settled. */
export function admitIndexChange ({ TableName, settings: { updating, building, dropping, updatingIndexes } }: TableRecord, action: 'Create' | 'Delete' | 'Update', index: string, now: number): void {
  if (dropping?.index.IndexName === index) throw stillInUse(`Index is being deleted. Table: ${TableName} Index: ${index}`)
  const allocating = building?.index === index && now < building.allocatedAt
  if (action === 'Update') {
    if (allocating) throw stillInUse(`Index is being created but is not backfilling yet. Table: ${TableName} Index: ${index}`)
    if (updatingIndexes?.[index] !== undefined) throw stillInUse(`Index is being updated. Table: ${TableName} Index: ${index}`)
    return
  }
  if (updating?.what === 'throughput') throw stillInUse(`Can't create or delete indexes while table IOPS are being updated. Table: ${TableName}`)
  if (updating) throw stillInUse(`Can't create or delete an index when a table class update is in progress. Table: ${TableName}`)
  if (action === 'Delete' && allocating) {
    throw stillInUse('Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index is active. ' +
      `Table: ${TableName} Index: ${index}`)
  }
  const deletesIt = action === 'Delete' && building?.index === index
  if ((building && !deletesIt) || dropping) throw oneIndexAtATime()
}

export const oneIndexAtATime = () => limitExceeded('Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table')

/** Checks that the table may be deleted; the table is settled. */
export function admitDeletion (table: TableRecord, now: number): void {
  const { TableName, GlobalSecondaryIndexes = [], settings: { updating, dropping } } = table
  if (dropping || GlobalSecondaryIndexes.some(({ IndexName }) => indexStatusOf(table, IndexName, now) !== 'ACTIVE')) {
    throw stillInUse('Cannot delete table while indexes are being created, updated, or deleted.')
  }
  if (updating) throw stillInUse(`Table: ${TableName} is in the process of being updated.`)
  admitEncryption(table)
}
