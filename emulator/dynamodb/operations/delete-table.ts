import { engine } from '../engine.ts'
import { resourceInUse, tableNotFound, validation } from '../errors.ts'
import type { DynamodbOperation } from '../operation.ts'
import { describeTable, statusOf } from '../table-record.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
// The items go at once; the table shows DELETING for as long as the emulator is told to.
export const deleteTable: DynamodbOperation<{ TableName: string }> = {
  types: engine.types('deleteTable'),
  custom: engine.custom('deleteTable'),
  run: ({ TableName }, ctx) => ctx.store.transact(async (work) => {
    const { store, startedAt } = ctx
    ctx.notes.resource = TableName
    await work.ownTable(TableName)
    const table = store.tables.get(TableName)
    if (!table) throw tableNotFound(TableName)
    const status = statusOf(table, startedAt)
    if (status === 'CREATING') throw resourceInUse(`Attempt to change a resource which is still in use: Table is being created: ${TableName}`)
    if (status === 'DELETING') throw resourceInUse(`Attempt to change a resource which is still in use: Table is being deleted: ${TableName}`)
    if (table.DeletionProtectionEnabled) {
      throw validation('Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.')
    }
    const deleted = { ...table, settings: { ...table.settings, deletingUntil: startedAt + ctx.delays.delete } }
    // In this order, so that after a kill there is no table that has lost a part of its items.
    await store.tables.put(deleted)
    await store.drop(table)
    return { TableDescription: describeTable(deleted, { now: startedAt, holdings: () => ({ items: 0, bytes: 0 }), status: 'DELETING' }) }
  }),
}
