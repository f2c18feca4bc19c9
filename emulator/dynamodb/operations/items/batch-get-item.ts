import { readUnits } from '../../capacity/meter.ts'
import { project, type Path } from '../../values/document-path.ts'
import { shapesOf } from '../../requests/dynalite.ts'
import { validation } from '../../errors.ts'
import type { Projection } from '../../expressions/projection.ts'
import type { Item } from '../../values/item.ts'
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
interface Placed { name: string, request: TableRequest, paths: (Path | string)[] | undefined, keys: { given: Item, key: string }[] }

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
    const responses: [string, Item[]][] = []
    const unprocessed: [string, TableRequest][] = []
    let bytes = 0
    let full = false
    for (const { name, request, paths, keys } of requests) {
      const items: Item[] = []
      const left: Item[] = []
      for (const { given, key } of keys) {
        const item: Item | undefined = full ? undefined : reader.readItem(name, key)
        const size = itemSize(item)
        full ||= bytes + size > ctx.limits.batchGetBytes
        if (full) {
          left.push(given)
          continue
        }
        bytes += size
        reader.meter.read(name, readUnits(size, request.ConsistentRead ? 'strong' : 'eventual'))
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
    return { Responses: asNamed(Object.fromEntries(responses), input), UnprocessedKeys: asNamed(Object.fromEntries(unprocessed), input), ...allConsumed(input, reader) }
  },
}

function place (table: TableRecord, request: TableRequest): Placed {
  const { _projection, AttributesToGet } = request
  const keys = request.Keys.map((given) => ({ given, key: checkedKey(table, given) }))
  const fault = keyPathsFault(_projection?.nestedPaths, table)
  if (fault !== undefined) throw validation(fault)
  return { name: table.TableName, request, paths: _projection?.paths ?? AttributesToGet, keys }
}
