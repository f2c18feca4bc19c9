import { AwsError } from '../../../core/errors.ts'
import { writeUnits } from '../../capacity/meter.ts'
import { claim } from '../../capacity/throttling-errors.ts'
import { changeUsage, keyUsage } from '../../capacity/usage.ts'
import type { DynamodbContext } from '../../context.ts'
import { conditionalCheckFailed } from '../../errors.ts'
import { note, oneConsumed, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'
import { shapesOf, type ShapedOperation } from '../../requests/dynalite.ts'
import { returnValuesOnConditionCheckFailure, type Shapes } from '../../requests/shapes.ts'
import { checkWriteEnums } from '../../requests/write-enums.ts'
import { enveloped } from '../../requests/validation-envelope.ts'
import { collectionMetrics, type ReturnsCollectionMetrics } from '../../storage/item-collections.ts'
import { applyWrite, type ItemWrite, type WrittenItem } from '../../storage/item-write.ts'
import type { UnitOfWork } from '../../storage/unit-of-work.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import type { Item } from '../../values/item.ts'
import { itemSize } from '../../values/item-size.ts'
import { keyAttributes } from '../../values/key-encoding.ts'

/** The members that PutItem, UpdateItem and DeleteItem share. */
export interface SingleWriteInput extends ReturnsCapacity, ReturnsCollectionMetrics {
  TableName: string
  Item?: Item
  Key?: Item
  ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE'
}

/** The differences between the three. */
export interface SingleWrite<I extends SingleWriteInput> {
  shapes: ShapedOperation
  /** Shapes that replace dynalite's. */
  types?: Shapes
  rules: (input: I, ctx: DynamodbContext) => void
  plan: (table: TableRecord, input: I, ctx: DynamodbContext) => ItemWrite
  /** The answer's `Attributes`. */
  returned: (input: I, written: WrittenItem) => { Attributes?: Item }
}

/** Creates PutItem, UpdateItem or DeleteItem: plans one write, applies it under the item's lock, and charges for it. */
export function singleWrite<I extends SingleWriteInput> ({ shapes, types, rules, plan, returned }: SingleWrite<I>): DynamodbOperation<I> {
  return {
    types: { ...shapesOf(shapes), ReturnValuesOnConditionCheckFailure: returnValuesOnConditionCheckFailure, ...types },
    beforeBounds: checkWriteEnums,
    custom: enveloped(rules),
    run: (input, ctx) => ctx.store.transact(async (work) => {
      await work.useTables([input.TableName])
      const table = work.table(input.TableName)
      const key = keyAttributes(input.Key ?? input.Item ?? {}, table.KeySchema)
      try {
        const write = plan(table, input, ctx)
        await work.lockItems([{ table: table.TableName, key: write.key }])
        const output = returned(input, applyAndCharge(work, write, ctx, input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'))
        const ItemCollectionMetrics = await collectionMetrics(work, table, input, key)
        return { ...output, ...oneConsumed(input, work), ...(ItemCollectionMetrics && { ItemCollectionMetrics }) }
      } finally {
        note(ctx, work, { tables: [table.TableName], keys: [key], items: work.changes.length })
      }
    }, { cause: 'user', requestId: ctx.requestId }),
  }
}

/** The replaced or deleted item, if `ReturnValues` requests it. */
export function returnedOld ({ ReturnValues }: { ReturnValues?: string }, { before }: WrittenItem): { Attributes?: Item } {
  return before && ReturnValues === 'ALL_OLD' ? { Attributes: before } : {}
}

/**
 * Applies the only write of a unit of work, under the item's lock, and charges it. A failed condition is charged by the item
 * that it found.
 * @throws the error of a throttled request, which changes nothing
 * @param returnsFound  whether the error of a failed condition holds the item
 */
export function applyAndCharge (work: UnitOfWork, write: ItemWrite, ctx: DynamodbContext, returnsFound = false): WrittenItem {
  const { TableName } = write.table
  try {
    const written = applyWrite(work, write)
    for (const change of work.changes) work.meter.writeItem(change)
    // Deleting an item that does not exist is charged too.
    if (work.changes.length === 0) work.meter.write(TableName, writeUnits(0))
    if (ctx.throttle) claimWrite(ctx, work, write)
    return written
  } catch (error) {
    const code = error instanceof AwsError ? error.code : undefined
    if (code !== 'ConditionalCheckFailedException' && code !== 'DuplicateItemException') throw error
    const found = work.found(TableName, write.key)
    const units = writeUnits(itemSize(found))
    work.meter.write(TableName, units)
    if (ctx.throttle) claim(ctx, work, [keyUsage(write.table, 'Write', write.keyed, units)])
    throw code === 'ConditionalCheckFailedException' ? conditionalCheckFailed(returnsFound ? found : undefined) : error
  }
}

function claimWrite (ctx: DynamodbContext, work: UnitOfWork, { table, keyed }: ItemWrite): void {
  const [change] = work.changes
  try {
    claim(ctx, work, change ? changeUsage(change) : [keyUsage(table, 'Write', keyed, writeUnits(0))])
  } catch (error) {
    if (change) work.withdraw(change)
    throw error
  }
}
