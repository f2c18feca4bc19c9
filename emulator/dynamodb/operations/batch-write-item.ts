import { writeUnits } from '../capacity.ts'
import { engine } from '../engine.ts'
import type { Item } from '../item.ts'
import { validation } from '../errors.ts'
import { collectionMetrics, keyOf } from '../item-write.ts'
import type { TableRecord } from '../table-record.ts'
import { batchWriteItemRules } from '../request-checks.ts'
import { allConsumed, note, type DynamodbOperation, type ReturnsCapacity } from '../operation.ts'

export interface BatchWriteItemInput extends ReturnsCapacity {
  RequestItems: Record<string, { PutRequest?: { Item: Item }, DeleteRequest?: { Key: Item } }[]>
  ReturnItemCollectionMetrics?: 'SIZE' | 'NONE'
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
// dynalite's takes its locks in the order of the request, so that two batches can wait for one another for ever; this
// one takes them in order, and stores the batch in one step, which AWS allows and does not promise.
export const batchWriteItem: DynamodbOperation<BatchWriteItemInput> = {
  types: engine.types('batchWriteItem'),
  custom: batchWriteItemRules,
  run: (input, ctx) => ctx.store.transact(async (work) => {
    const requests = Object.entries(input.RequestItems)
      .flatMap(([name, requests]) => requests.map(({ PutRequest, DeleteRequest }) => ({ name, Item: PutRequest?.Item, Key: DeleteRequest?.Key })))
    await work.useTables(Object.keys(input.RequestItems))

    const writes = requests.map(({ name, Item, Key }) => {
      const table = work.table(name)
      if (Item) engine.validateItem(Item, table)
      else engine.validateKey(Key!, table)
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
    return { UnprocessedItems: {}, ...allConsumed(input, work), ...metricsByTable(input, writes) }
  }),
}

function metricsByTable ({ ReturnItemCollectionMetrics }: BatchWriteItemInput, writes: { table: TableRecord, name: string, Item?: Item, Key?: Item }[]): object {
  const byTable: Record<string, object[]> = {}
  for (const { table, name, Item, Key } of writes) {
    const { ItemCollectionMetrics } = collectionMetrics(table, { TableName: name, Item, Key, ReturnItemCollectionMetrics })
    if (ItemCollectionMetrics) (byTable[name] ??= []).push(ItemCollectionMetrics)
  }
  return Object.keys(byTable).length > 0 ? { ItemCollectionMetrics: byTable } : {}
}
