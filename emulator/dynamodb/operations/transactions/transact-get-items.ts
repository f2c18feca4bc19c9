import { checkedKey } from '../../storage/item-write.ts'
import { project } from '../../values/document-path.ts'
import type { Projection } from '../../expressions/projection.ts'
import type { Item } from '../../values/item.ts'
import { allConsumed, note, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'
import { transactedRules } from '../../requests/item-rules.ts'
import { attributes, expressionNames, returnConsumedCapacity, tableName } from '../../requests/shapes.ts'
import { checkActionCount, Reasons } from './reasons.ts'
import { readTogether, type PlacedRead } from './read-together.ts'

interface Get { TableName: string, Key: Item, _projection?: Projection }

export interface TransactGetItemsInput extends ReturnsCapacity { TransactItems: { Get: Get }[] }

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
// The items are read under their locks, so that a reader never sees half of a transaction.
export const transactGetItems: DynamodbOperation<TransactGetItemsInput> = {
  types: {
    ReturnConsumedCapacity: returnConsumedCapacity,
    TransactItems: {
      type: 'List',
      notNull: true,
      lengthGreaterThanOrEqual: 1,
      children: {
        type: 'ValueStruct<TransactGetItem>',
        notNull: true,
        children: {
          Get: {
            type: 'FieldStruct<Get>',
            notNull: true,
            children: { TableName: tableName, Key: attributes, ProjectionExpression: 'String', ExpressionAttributeNames: expressionNames },
          },
        },
      },
    },
  },
  custom ({ TransactItems }, ctx) {
    checkActionCount(TransactItems, ctx.limits)
    for (const { Get } of TransactItems) transactedRules.get(Get, ctx)
  },
  run: (input, ctx) => ctx.store.transact(async (work) => {
    const gets = input.TransactItems.map(({ Get }) => Get)
    await work.useTables(gets.map(({ TableName }) => TableName))
    const reasons = new Reasons(gets.length)
    const placed: PlacedRead[] = []
    for (const [index, { TableName, Key }] of gets.entries()) {
      const table = work.table(TableName)
      reasons.attempt(index, () => {
        placed.push({ table, key: checkedKey(table, Key), keyed: Key })
      })
    }
    reasons.assertNone()
    const items = await readTogether(placed, work, ctx)
    note(ctx, work, { tables: [...new Set(gets.map(({ TableName }) => TableName))], keys: gets.map(({ Key }) => Key), items: items.filter(Boolean).length })
    const Responses = items.map((item, index) => {
      if (!item) return {}
      const paths = gets[index]!._projection?.paths
      return { Item: paths ? project(item, paths) : item }
    })
    return { Responses, ...allConsumed(input, work, true) }
  }),
}
