import { AwsError } from '../../../core/errors.ts'
import { writeUnits } from '../../capacity/meter.ts'
import type { DynamodbContext } from '../../context.ts'
import { engine } from '../../requests/dynalite.ts'
import type { Item } from '../../values/item.ts'
import { conditionalCheckFailed } from '../../errors.ts'
import { collectionMetrics, type ReturnsCollectionMetrics } from '../../storage/item-collections.ts'
import { itemSize } from '../../values/item-size.ts'
import { updateItem, type ItemUpdate } from '../../storage/item-update.ts'
import type { Limits } from '../../limits.ts'
import { enveloped } from '../../requests/validation-envelope.ts'
import { note, oneConsumed, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'
import { deleteItemRules, putItemRules, updateItemRules } from '../../requests/item-rules.ts'
import { returnValuesOnConditionCheckFailure, type Shape, type Shapes } from '../../requests/shapes.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import type { UnitOfWork } from '../../storage/unit-of-work.ts'

/** What PutItem, UpdateItem and DeleteItem have in common. */
export interface ItemWrite extends ReturnsCapacity, ReturnsCollectionMetrics {
  TableName: string
  Item?: Item
  Key?: Item
  ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE'
}

/** dynalite's takes any text for an action. */
const attributeUpdates: Shape = {
  type: 'Map<AttributeValueUpdate>',
  children: {
    type: 'ValueStruct<AttributeValueUpdate>',
    notNull: true,
    children: { Action: { type: 'String', enum: ['ADD', 'PUT', 'DELETE'] }, Value: 'AttrStruct<FieldStruct>' },
  },
}

function shapesOf (name: WriteName): Shapes {
  const shapes = { ...engine.types(name), ReturnValuesOnConditionCheckFailure: returnValuesOnConditionCheckFailure }
  return name === 'updateItem' ? { ...shapes, AttributeUpdates: attributeUpdates } : shapes
}

/** The rules of each kind of write. */
const writeRules = { putItem: putItemRules, updateItem: updateItemRules, deleteItem: deleteItemRules }

export type WriteName = keyof typeof writeRules

/** One write on a unit of work; it is stored with the rest of the unit. */
export function runWrite (name: WriteName, work: UnitOfWork, input: object, limits: Limits): Promise<object> {
  return name === 'updateItem' ? updateItem(work, input as ItemUpdate, limits) : engine.act(name, work, input) // checked by its rules
}

/** PutItem, UpdateItem and DeleteItem: dynalite's action on a unit of work, metered by what it read and wrote. */
export function itemWrite (name: WriteName): DynamodbOperation<ItemWrite> {
  return {
    types: shapesOf(name),
    custom: enveloped(writeRules[name] as (input: ItemWrite, ctx: DynamodbContext) => void), // of the same shape as `types`
    run: (input, ctx) => ctx.store.transact(async (work) => {
      await work.useTables([input.TableName])
      const table = work.table(input.TableName)
      try {
        const output = await runWrite(name, work, input, ctx.limits)
        for (const change of work.changes) work.meter.writeItem(change)
        // Deleting what is not there is charged too.
        if (work.changes.length === 0) work.meter.write(input.TableName, writeUnits(0))
        const ItemCollectionMetrics = await collectionMetrics(work, table, input, keyOf(table, input))
        return { ...output, ...oneConsumed(input, work), ...(ItemCollectionMetrics && { ItemCollectionMetrics }) }
      } catch (error) {
        throw onFailedCondition(error, { work, table, input })
      } finally {
        note(ctx, work, { tables: [input.TableName], keys: [keyOf(table, input)], items: work.changes.length })
      }
    }),
  }
}

/** The members of a write's item or key that make up the table's key. */
export function keyOf (table: TableRecord, { Item: item, Key }: Pick<ItemWrite, 'Item' | 'Key'>): Item {
  const from = Key ?? item ?? {}
  return Object.fromEntries(table.KeySchema.map(({ AttributeName }) => [AttributeName, from[AttributeName]!]))
}

/** A failed condition is charged by the item it found, which it may be asked to return. */
function onFailedCondition (error: unknown, { work, table, input }: { work: UnitOfWork, table: TableRecord, input: ItemWrite }): unknown {
  if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException') return error
  const found = work.found(table.TableName, engine.createKey(keyOf(table, input), table))
  work.meter.write(table.TableName, writeUnits(found ? itemSize(found) : 0))
  return conditionalCheckFailed(input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? found : undefined)
}
