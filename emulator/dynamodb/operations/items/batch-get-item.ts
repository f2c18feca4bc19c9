import { readUnits } from '../../capacity/meter.ts'
import type { Refusal } from '../../capacity/throttle.ts'
import { partly } from '../../capacity/throttling-errors.ts'
import { keyUsage } from '../../capacity/usage.ts'
import { project, type Path } from '../../values/document-path.ts'
import type { DynamodbContext } from '../../context.ts'
import { shapesOf } from '../../requests/dynalite.ts'
import { validation } from '../../errors.ts'
import type { Projection } from '../../expressions/projection.ts'
import type { Item } from '../../values/item.ts'
import type { EarlierView } from '../../storage/change-log/earlier-view.ts'
import { ItemReader } from '../../storage/item-reader.ts'
import { itemSize } from '../../values/item-size.ts'
import { keyPathsFault } from '../../requests/key-checks.ts'
import { checkedKey } from '../../storage/item-write.ts'
import { allConsumed, note, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'
import { batchGetItemRules } from '../../requests/item-rules.ts'
import { asNamed, type NamedByArn } from '../../requests/table-names.ts'
import { unbounded, type Shapes } from '../../requests/shapes.ts'
import type { TableRecord } from '../../tables/table-record.ts'

interface TableRequest {
  Keys: Item[]
  ConsistentRead?: boolean
  AttributesToGet?: string[]
  ProjectionExpression?: string
  ExpressionAttributeNames?: Record<string, string>
  _projection?: Projection
}

export interface BatchGetItemInput extends ReturnsCapacity, NamedByArn { RequestItems: Record<string, TableRequest> }

/** One table's part of the request, with its encoded keys. */
interface Placed { name: string, table: TableRecord, request: TableRequest, paths: (Path | string)[] | undefined, keys: { given: Item, key: string }[] }

const types = shapesOf('batchGetItem')
const { children, ...request } = (types.RequestItems as { children: { type: string, children: Shapes } }).children // a map of structures
const tableRequest = { ...request, children: { ...children, Keys: unbounded(children.Keys!, 'lengthLessThanOrEqual', 'lengthGreaterThanOrEqual') } }

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
// Each item is rounded up by itself. Keys that exceed the size of the answer are returned as unprocessed, and are not charged.
export const batchGetItem: DynamodbOperation<BatchGetItemInput> = {
  types: { RequestItems: { ...unbounded(types.RequestItems!, 'lengthGreaterThanOrEqual'), children: tableRequest }, ReturnConsumedCapacity: types.ReturnConsumedCapacity! },
  custom: batchGetItemRules,
  run (input, ctx) {
    const reader = new ItemReader(ctx.store)
    const requests = Object.entries(input.RequestItems).map(([name, request]) => place(reader.table(name), request))
    const views = requests.map(({ table, request }) => request.ConsistentRead ? undefined : ctx.store.lagged(table))
    if (views.every((view) => view === undefined)) return answer(input, ctx, { reader, requests, read: (name, key) => reader.readItem(name, key) })
    return earlierItems(requests, views).then((earlier) => answer(input, ctx, {
      reader, requests, read: (name, key) => earlier.get(name)?.has(key) ? earlier.get(name)!.get(key) : reader.readItem(name, key),
    }))
  },
}

/** Reads the items of the tables whose reads lag. */
async function earlierItems (requests: readonly Placed[], views: readonly (Promise<EarlierView> | undefined)[]): Promise<Map<string, Map<string, Item | undefined>>> {
  const tables = new Map<string, Map<string, Item | undefined>>()
  for (const [index, { name, keys }] of requests.entries()) {
    const view = await views[index]
    if (!view) continue
    const items = new Map<string, Item | undefined>()
    for (const { key } of keys) items.set(key, await view.item(key))
    await view.close()
    tables.set(name, items)
  }
  return tables
}

/** @param work.read  an item, as this request sees it */
function answer (
  input: BatchGetItemInput, ctx: DynamodbContext, { reader, requests, read }: { reader: ItemReader, requests: Placed[], read: (table: string, key: string) => Item | undefined }
): object | Promise<object> {
  const responses: [string, Item[]][] = []
  const unprocessed: [string, TableRequest][] = []
  let bytes = 0
  let full = false
  const refusals: Refusal[] = []
  let refused = 0
  for (const { name, table, request, paths, keys } of requests) {
    const items: Item[] = []
    const left: Item[] = []
    for (const { given, key } of keys) {
      const item: Item | undefined = full ? undefined : read(name, key)
      const size = itemSize(item)
      full ||= bytes + size > ctx.limits.batchGetBytes
      if (full) {
        left.push(given)
        continue
      }
      const units = readUnits(size, request.ConsistentRead ? 'strong' : 'eventual')
      const why = ctx.throttle?.admit([keyUsage(table, 'Read', given, units)])
      if (why) {
        refusals.push(...why)
        refused++
        left.push(given)
        continue
      }
      bytes += size
      reader.meter.read(name, units)
      if (item) items.push(paths ? project(item, paths) : item)
    }
    responses.push([name, items])
    const { _projection, ...asked } = request
    if (left.length > 0) unprocessed.push([name, { ...asked, Keys: left }])
  }
  note(ctx, reader, {
    tables: requests.map(({ name }) => name),
    keys: requests.flatMap(({ request }) => request.Keys),
    items: responses.reduce((sum, [, items]) => sum + items.length, 0),
  })
  const output = { Responses: asNamed(Object.fromEntries(responses), input), UnprocessedKeys: asNamed(Object.fromEntries(unprocessed), input), ...allConsumed(input, reader) }
  return refused === 0 ? output : partly(ctx, reader, { refusals, refused, of: requests.reduce((sum, { keys }) => sum + keys.length, 0), output })
}

function place (table: TableRecord, request: TableRequest): Placed {
  const { _projection, AttributesToGet } = request
  const keys = request.Keys.map((given) => ({ given, key: checkedKey(table, given) }))
  const fault = keyPathsFault(_projection?.nestedPaths, table)
  if (fault !== undefined) throw validation(fault)
  return { name: table.TableName, table, request, paths: _projection?.paths ?? AttributesToGet, keys }
}
