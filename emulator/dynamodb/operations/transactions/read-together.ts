import { readUnits } from '../../capacity/meter.ts'
import { transactionTooLarge } from '../../errors.ts'
import type { Limits } from '../../limits.ts'
import type { UnitOfWork } from '../../storage/unit-of-work.ts'
import type { Item } from '../../values/item.ts'
import { itemSize } from '../../values/item-size.ts'
import { checkDistinct } from './run-writes.ts'

/**
 * Reads items at one moment, under their locks, and charges for them.
 * @throws ValidationException if one is named twice, or all of them are too large
 */
export async function readTogether (placed: readonly { table: string, key: string }[], work: UnitOfWork, { transactionBytes }: Limits): Promise<(Item | undefined)[]> {
  checkDistinct(placed)
  await work.lockItems(placed, 'shared')
  const items = placed.map(({ table, key }) => work.readItem(table, key))
  let bytes = 0
  for (const [index, item] of items.entries()) {
    const size = itemSize(item)
    bytes += size
    work.meter.read(placed[index]!.table, readUnits(size, 'transactional'))
  }
  if (bytes > transactionBytes) throw transactionTooLarge(transactionBytes)
  return items
}
