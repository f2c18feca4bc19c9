import { readUnits } from '../../capacity/meter.ts'
import { claimAll } from '../../capacity/throttling-errors.ts'
import { keyUsage } from '../../capacity/usage.ts'
import type { DynamodbContext } from '../../context.ts'
import { transactionTooLarge } from '../../errors.ts'
import type { UnitOfWork } from '../../storage/unit-of-work.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import type { Item } from '../../values/item.ts'
import { itemSize } from '../../values/item-size.ts'
import { checkDistinct } from './run-writes.ts'

/** One item to read. */
export interface PlacedRead {
  readonly table: TableRecord
  /** Its key within the table, encoded. */
  readonly key: string
  /** Has the attributes of its key. */
  readonly keyed: Item
}

/**
 * Reads items at one moment, under their locks, and charges for them.
 * @throws ValidationException if one is named twice, or all of them are too large; TransactionCanceledException if they are throttled
 */
export async function readTogether (placed: readonly PlacedRead[], work: UnitOfWork, ctx: DynamodbContext): Promise<(Item | undefined)[]> {
  const { transactionBytes } = ctx.limits
  const places = placed.map(({ table, key }) => ({ table: table.TableName, key }))
  checkDistinct(places)
  await work.lockItems(places, 'shared')
  const items = places.map(({ table, key }) => work.readItem(table, key))
  let bytes = 0
  for (const [index, item] of items.entries()) {
    const size = itemSize(item)
    bytes += size
    work.meter.read(places[index]!.table, readUnits(size, 'transactional'))
  }
  if (bytes > transactionBytes) throw transactionTooLarge(transactionBytes)
  if (ctx.throttle) claimAll(ctx, work, placed.map(({ table, keyed }, index) => [keyUsage(table, 'Read', keyed, readUnits(itemSize(items[index]), 'transactional'))]))
  return items
}
