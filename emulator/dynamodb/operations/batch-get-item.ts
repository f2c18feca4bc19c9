import { readUnits } from '../capacity.ts'
import { engine } from '../engine.ts'
import type { Item } from '../item.ts'
import { itemSize } from '../item-size.ts'
import { allConsumed, note, type DynamodbOperation, type ReturnsCapacity } from '../operation.ts'
import { UnitOfWork } from '../unit-of-work.ts'

export interface BatchGetItemInput extends ReturnsCapacity {
  RequestItems: Record<string, { Keys: Item[], ConsistentRead?: boolean }>
}

interface BatchGetItemOutput { Responses: Record<string, Item[]>, UnprocessedKeys: Record<string, { Keys: Item[] }> }

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
// Each item is rounded up for itself; what did not fit into the answer is not charged.
export const batchGetItem: DynamodbOperation<BatchGetItemInput> = {
  types: engine.types('batchGetItem'),
  custom: engine.custom('batchGetItem'),
  async run (input, ctx) {
    const work = new UnitOfWork(ctx.store)
    const output = await engine.act('batchGetItem', work, input) as unknown as BatchGetItemOutput // the shape of dynalite's answer
    const tables = Object.entries(input.RequestItems)
    for (const [name, { Keys, ConsistentRead }] of tables) {
      const table = work.table(name)
      const left = new Set((output.UnprocessedKeys[name]?.Keys ?? []).map((key) => engine.createKey(key, table)))
      for (const key of Keys.map((key) => engine.createKey(key, table)).filter((key) => !left.has(key))) {
        const found = work.found(name, key)
        work.meter.read(name, readUnits(found ? itemSize(found) : 0, ConsistentRead ? 'strong' : 'eventual'))
      }
    }
    note(ctx, work, {
      tables: tables.map(([name]) => name),
      keys: tables.flatMap(([, { Keys }]) => Keys),
      items: Object.values(output.Responses).reduce((sum, items) => sum + items.length, 0),
    })
    return { ...output, ...allConsumed(input, work) }
  },
}
