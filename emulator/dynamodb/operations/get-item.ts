import { readUnits } from '../capacity.ts'
import { engine } from '../engine.ts'
import type { Item } from '../item.ts'
import { itemSize } from '../item-size.ts'
import { getItemRules } from '../request-checks.ts'
import { note, oneConsumed, type DynamodbOperation, type ReturnsCapacity } from '../operation.ts'
import { UnitOfWork } from '../unit-of-work.ts'

export interface GetItemInput extends ReturnsCapacity { TableName: string, Key: Item, ConsistentRead?: boolean }

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
export const getItem: DynamodbOperation<GetItemInput> = {
  types: engine.types('getItem'),
  custom: getItemRules,
  async run (input, ctx) {
    const { TableName, Key } = input
    const work = new UnitOfWork(ctx.store)
    const output = await engine.act('getItem', work, input)
    const found = work.found(TableName, engine.createKey(Key, work.table(TableName)))
    work.meter.read(TableName, readUnits(found ? itemSize(found) : 0, input.ConsistentRead ? 'strong' : 'eventual'))
    note(ctx, work, { tables: [TableName], keys: [Key], items: found ? 1 : 0 })
    return { ...output, ...oneConsumed(input, work) }
  },
}
