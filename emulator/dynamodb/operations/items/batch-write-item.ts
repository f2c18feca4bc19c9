import { writeUnits } from '../../capacity/meter.ts'
import { shapesOf } from '../../requests/dynalite.ts'
import type { Item } from '../../values/item.ts'
import { validation } from '../../errors.ts'
import { encodeKey, keyAttributes } from '../../values/key-encoding.ts'
import { itemKeysFault, keyFault } from '../../requests/key-checks.ts'
import { collectionMetricsByTable, type ReturnsCollectionMetrics } from '../../storage/item-collections.ts'
import { applyWrite } from '../../storage/item-write.ts'
import { unbounded } from '../../requests/shapes.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import { batchWriteItemRules } from '../../requests/item-rules.ts'
import type { RequestItems } from '../../requests/request-items.ts'
import { allConsumed, note, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'

export interface BatchWriteItemInput extends ReturnsCapacity, ReturnsCollectionMetrics {
  RequestItems: RequestItems
}

const types = shapesOf('batchWriteItem')

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
// The batch is stored in one step, which AWS does not promise.
export const batchWriteItem: DynamodbOperation<BatchWriteItemInput> = {
  types: { ...types, RequestItems: unbounded(types.RequestItems!, 'lengthGreaterThanOrEqual', 'keys', 'values') },
  custom: batchWriteItemRules,
  run: (input, ctx) => ctx.store.transact(async (work) => {
    const requests = Object.entries(input.RequestItems)
      .flatMap(([name, requests]) => requests.map(({ PutRequest, DeleteRequest }) => ({ name, Item: PutRequest?.Item, Key: DeleteRequest?.Key })))
    await work.useTables(Object.keys(input.RequestItems))

    const writes = requests.map(({ name, Item, Key }) => {
      const table = work.table(name)
      const fault = Item ? putFault(Item, table) : keyFault(Key!, table)
      if (fault !== undefined) throw validation(fault)
      const given = Item ?? Key!
      return { table, key: encodeKey(given, table.KeySchema), attributes: keyAttributes(given, table.KeySchema), next: () => Item }
    })
    if (new Set(writes.map(({ table, key }) => `${table.TableName}~${key}`)).size < writes.length) {
      throw validation('Provided list of item keys contains duplicates')
    }
    await work.lockItems(writes.map(({ table, key }) => ({ table: table.TableName, key })))

    for (const write of writes) applyWrite(work, write)
    for (const change of work.changes) work.meter.writeItem(change)
    // Deleting an item that does not exist is charged too.
    for (const { table, key } of writes) {
      if (!work.changes.some((change) => change.table === table && change.key === key)) work.meter.write(table.TableName, writeUnits(0))
    }
    note(ctx, work, { tables: Object.keys(input.RequestItems), keys: writes.map(({ attributes }) => attributes), items: writes.length })
    return { UnprocessedItems: {}, ...allConsumed(input, work), ...await collectionMetricsByTable(work, input, writes.map(({ table, attributes: key }) => ({ table, key }))) }
  }, { cause: 'user', requestId: ctx.requestId }),
}

/** An item in a batch whose key does not match the schema gets the same error as a key in a read. */
function putFault (item: Item, table: TableRecord): string | undefined {
  const key = Object.fromEntries(table.KeySchema.flatMap(({ AttributeName: name }) => Object.hasOwn(item, name) ? [[name, item[name]!]] : []))
  return keyFault(key, table) ?? itemKeysFault(item, table)
}
