import { writeUnits } from '../../capacity/meter.ts'
import type { Refusal } from '../../capacity/throttle.ts'
import { partly } from '../../capacity/throttling-errors.ts'
import { changeUsage, keyUsage } from '../../capacity/usage.ts'
import { shapesOf } from '../../requests/dynalite.ts'
import type { Item } from '../../values/item.ts'
import { validation } from '../../errors.ts'
import { encodeKey, keyAttributes } from '../../values/key-encoding.ts'
import { itemKeysFault, keyFault } from '../../requests/key-checks.ts'
import { collectionMetricsByTable, type ReturnsCollectionMetrics } from '../../storage/item-collections.ts'
import type { ItemChange } from '../../storage/item-change.ts'
import { applyWrite, type ItemWrite } from '../../storage/item-write.ts'
import type { UnitOfWork } from '../../storage/unit-of-work.ts'
import { unbounded } from '../../requests/shapes.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import { batchWriteItemRules } from '../../requests/item-rules.ts'
import type { RequestItems } from '../../requests/request-items.ts'
import { asNamed, type NamedByArn } from '../../requests/table-names.ts'
import { allConsumed, note, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'

export interface BatchWriteItemInput extends ReturnsCapacity, ReturnsCollectionMetrics, NamedByArn {
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
      .flatMap(([name, requests]) => requests.map((request) => ({ name, request, Item: request.PutRequest?.Item, Key: request.DeleteRequest?.Key })))
    await work.useTables(Object.keys(input.RequestItems))

    const writes = requests.map(({ name, request, Item, Key }) => {
      const table = work.table(name)
      const fault = Item ? putFault(Item, table) : keyFault(Key!, table)
      if (fault !== undefined) throw validation(fault)
      const given = Item ?? Key!
      return { request, table, key: encodeKey(given, table.KeySchema), keyed: given, attributes: keyAttributes(given, table.KeySchema), next: () => Item }
    })
    if (new Set(writes.map(({ table, key }) => `${table.TableName}~${key}`)).size < writes.length) {
      throw validation('Provided list of item keys contains duplicates')
    }
    await work.lockItems(writes.map(({ table, key }) => ({ table: table.TableName, key })))

    const unprocessed: RequestItems = {}
    const refusals: Refusal[] = []
    const done = writes.filter((write) => {
      const change = applyOne(work, write)
      const { table, attributes, request } = write
      const why = ctx.throttle?.admit(change ? changeUsage(change) : [keyUsage(table, 'Write', attributes, writeUnits(0))])
      if (!why) {
        if (change) work.meter.writeItem(change)
        else work.meter.write(table.TableName, writeUnits(0)) // deleting an item that does not exist is charged too
        return true
      }
      if (change) work.withdraw(change)
      refusals.push(...why)
      ;(unprocessed[table.TableName] ??= []).push(request)
      return false
    })
    note(ctx, work, { tables: Object.keys(input.RequestItems), keys: writes.map(({ attributes }) => attributes), items: done.length })
    const output = { UnprocessedItems: asNamed(unprocessed, input), ...allConsumed(input, work), ...await collectionMetricsByTable(work, input, done.map(({ table, attributes: key }) => ({ table, key }))) }
    return done.length === writes.length ? output : partly(ctx, work, { refusals, refused: writes.length - done.length, of: writes.length, output })
  }, { cause: 'user', requestId: ctx.requestId }),
}

/** @returns what it changes; nothing when it deletes what is not there */
function applyOne (work: UnitOfWork, write: ItemWrite): ItemChange | undefined {
  const before = work.changes.length
  applyWrite(work, write)
  return work.changes.length > before ? work.changes.at(-1) : undefined
}

/** An item in a batch whose key does not match the schema gets the same error as a key in a read. */
function putFault (item: Item, table: TableRecord): string | undefined {
  const key = Object.fromEntries(table.KeySchema.flatMap(({ AttributeName: name }) => Object.hasOwn(item, name) ? [[name, item[name]!]] : []))
  return keyFault(key, table) ?? itemKeysFault(item, table)
}
