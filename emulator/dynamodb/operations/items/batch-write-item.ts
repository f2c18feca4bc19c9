import { writeUnits } from '../../capacity/meter.ts'
import { engine } from '../../requests/dynalite.ts'
import type { Item } from '../../values/item.ts'
import { validation } from '../../errors.ts'
import { itemKeysFault, keyFault } from '../../requests/key-checks.ts'
import { collectionMetricsByTable, type ReturnsCollectionMetrics } from '../../storage/item-collections.ts'
import { keyOf } from './single-write.ts'
import { unbounded } from '../../requests/shapes.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import { batchWriteItemRules } from '../../requests/item-rules.ts'
import type { RequestItems } from '../../requests/request-items.ts'
import { allConsumed, note, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'

export interface BatchWriteItemInput extends ReturnsCapacity, ReturnsCollectionMetrics {
  RequestItems: RequestItems
}

const types = engine.types('batchWriteItem')

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
// dynalite's takes its locks in the order of the request, so that two batches can wait for one another for ever; this
// one takes them in order, and stores the batch in one step, which AWS allows and does not promise.
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
      return { table, name, Item, Key, key: engine.createKey(Item ?? Key!, table) }
    })
    if (new Set(writes.map(({ name, key }) => `${name}~${key}`)).size < writes.length) {
      throw validation('Provided list of item keys contains duplicates')
    }
    await work.lockItems(writes.map(({ name, key }) => ({ table: name, key })))

    for (const { name, Item, Key } of writes) {
      await engine.act(Item ? 'putItem' : 'deleteItem', work, Item ? { TableName: name, Item } : { TableName: name, Key })
    }
    for (const change of work.changes) work.meter.writeItem(change)
    for (const { name, key } of writes) {
      if (!work.changes.some((change) => change.table.TableName === name && change.key === key)) work.meter.write(name, writeUnits(0))
    }
    note(ctx, work, { tables: Object.keys(input.RequestItems), keys: writes.map((write) => keyOf(write.table, write)), items: writes.length })
    return { UnprocessedItems: {}, ...allConsumed(input, work), ...await collectionMetricsByTable(work, input, writes.map((write) => ({ table: write.table, key: keyOf(write.table, write) }))) }
  }),
}

/** An item in a batch is refused like a key by which something is looked up, when its own key does not fit. */
function putFault (item: Item, table: TableRecord): string | undefined {
  const key = Object.fromEntries(table.KeySchema.flatMap(({ AttributeName: name }) => Object.hasOwn(item, name) ? [[name, item[name]!]] : []))
  return keyFault(key, table) ?? itemKeysFault(item, table)
}
