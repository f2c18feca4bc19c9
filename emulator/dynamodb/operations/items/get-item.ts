import { readUnits, type ConsumedCapacity } from '../../capacity/meter.ts'
import { claim } from '../../capacity/throttling-errors.ts'
import { keyUsage } from '../../capacity/usage.ts'
import { project, type Path } from '../../values/document-path.ts'
import { shapesOf } from '../../requests/dynalite.ts'
import { encodeKey } from '../../values/key-encoding.ts'
import { validation } from '../../errors.ts'
import type { Projection } from '../../expressions/projection.ts'
import type { Item } from '../../values/item.ts'
import { ItemReader } from '../../storage/item-reader.ts'
import { itemSize } from '../../values/item-size.ts'
import { keyFault, keyPathsFault } from '../../requests/key-checks.ts'
import { note, oneConsumed, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'
import { getItemRules } from '../../requests/item-rules.ts'

export interface GetItemInput extends ReturnsCapacity {
  TableName: string
  Key: Item
  ConsistentRead?: boolean
  AttributesToGet?: string[]
  _projection?: Projection
}

interface GetItemOutput { Item?: Item, ConsumedCapacity?: ConsumedCapacity }

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
export const getItem: DynamodbOperation<GetItemInput> = {
  types: shapesOf('getItem'),
  custom: getItemRules,
  run (input, ctx) {
    const { TableName, Key, AttributesToGet, ConsistentRead, _projection } = input
    const reader = new ItemReader(ctx.store)
    const table = reader.table(TableName)
    const fault = keyFault(Key, table) ?? keyPathsFault(_projection?.nestedPaths, table)
    if (fault !== undefined) throw validation(fault)
    const place = encodeKey(Key, table.KeySchema)
    const answer = (found: Item | undefined): GetItemOutput => {
      const units = readUnits(itemSize(found), ConsistentRead ? 'strong' : 'eventual')
      reader.meter.read(TableName, units)
      note(ctx, reader, { tables: [TableName], keys: [Key], items: found ? 1 : 0 })
      if (ctx.throttle) claim(ctx, reader, [keyUsage(table, 'Read', Key, units)])
      const paths: readonly (Path | string)[] | undefined = _projection?.paths ?? AttributesToGet
      const output: GetItemOutput = oneConsumed(input, reader)
      if (found) output.Item = paths ? project(found, paths) : found
      return output
    }
    const view = ConsistentRead ? undefined : ctx.store.lagged(table)
    return view ? view.then((view) => view.item(place).finally(() => view.close())).then(answer) : answer(reader.readItem(TableName, place))
  },
}
