import { readUnits, writeUnits } from '../../capacity/meter.ts'
import { claimAll } from '../../capacity/throttling-errors.ts'
import { changeUsage, keyUsage, type Usage } from '../../capacity/usage.ts'
import type { DynamodbContext } from '../../context.ts'
import { validation } from '../../errors.ts'
import { note } from '../../operation.ts'
import { applyWrite, type ItemWrite } from '../../storage/item-write.ts'
import { UnitOfWork } from '../../storage/unit-of-work.ts'
import { itemSize } from '../../values/item-size.ts'
import { Reasons } from './reasons.ts'

/** One action of a transaction. */
export interface PlacedWrite extends ItemWrite {
  /** Whether the reason of a failed condition holds the item. */
  readonly returnsFound: boolean
}

/** What a transaction did, for the one who sends it again, and what it answered. */
export interface Outcome { read: { table: string, bytes: number }[], output: object }

/**
 * Runs the writes of a transaction one after another under the locks of all their items, and charges them.
 * @returns what a client who sends the transaction again is charged for
 * @throws TransactionCanceledException if a condition fails or it is throttled, ValidationException for two actions on one item
 */
export async function runWrites (placed: readonly PlacedWrite[], work: UnitOfWork, ctx: DynamodbContext): Promise<Outcome['read']> {
  checkDistinct(placed.map(({ table, key }) => ({ table: table.TableName, key })))
  await work.lockItems(placed.map(({ table, key }) => ({ table: table.TableName, key })))
  runAll(placed, work, ctx)
  if (ctx.throttle) claimWrites(placed, work, ctx)
  // Conditions, and deletions of what is not there.
  const unchanged = placed.filter(({ table, key }) => !work.changes.some((change) => change.table === table && change.key === key))
  charge(unchanged, work)
  for (const change of work.changes) work.meter.writeItem(change, true)
  return placed.map(({ table, key }) => {
    const change = work.changes.find((change) => change.table === table && change.key === key)
    return { table: table.TableName, bytes: change ? Math.max(change.bytesBefore, change.bytesAfter) : itemSize(work.found(table.TableName, key)) }
  })
}

/** @throws ValidationException if a transaction names an item twice */
export function checkDistinct (items: readonly { table: string, key: string }[]): void {
  if (new Set(items.map(({ table, key }) => `${table}~${key}`)).size < items.length) {
    throw validation('Transaction request cannot include multiple operations on one item')
  }
}

/** The same request again writes nothing, and is charged for reading what it wrote. */
export function readAgain ({ read }: Outcome, ctx: DynamodbContext): UnitOfWork {
  const work = new UnitOfWork(ctx.store)
  for (const { table, bytes } of read) work.meter.read(table, readUnits(bytes, 'transactional'))
  if (ctx.throttle) {
    claimAll(ctx, work, read.map(({ table, bytes }) => {
      const record = ctx.store.tables.get(table)
      return record ? [{ table: record, kind: 'Read', units: readUnits(bytes, 'transactional'), partitions: [] }] : []
    }))
  }
  note(ctx, work, { tables: [...new Set(read.map(({ table }) => table))], items: 0 })
  return work
}

function runAll (placed: readonly PlacedWrite[], work: UnitOfWork, ctx: DynamodbContext): void {
  const reasons = new Reasons(placed.length)
  for (const [index, write] of placed.entries()) {
    const found = () => write.returnsFound ? work.found(write.table.TableName, write.key) : undefined
    reasons.attempt(index, () => { applyWrite(work, write) }, found)
  }
  try {
    reasons.assertNone()
  } catch (error) {
    if (ctx.throttle) claimAll(ctx, work, placed.map((write) => [foundUsage(write, work)]))
    charge(placed, work) // like a condition that fails outside a transaction
    throw error
  }
}

/** Charges writes by the items that they found. */
function charge (placed: readonly PlacedWrite[], work: UnitOfWork): void {
  for (const write of placed) work.meter.write(write.table.TableName, foundUnits(write, work))
}

const foundUnits = ({ table, key }: PlacedWrite, work: UnitOfWork): number => writeUnits(itemSize(work.found(table.TableName, key)), true)

const foundUsage = (write: PlacedWrite, work: UnitOfWork): Usage => keyUsage(write.table, 'Write', write.keyed, foundUnits(write, work))

function claimWrites (placed: readonly PlacedWrite[], work: UnitOfWork, ctx: DynamodbContext): void {
  claimAll(ctx, work, placed.map((write) => {
    const change = work.changes.find(({ table, key }) => table === write.table && key === write.key)
    return change ? changeUsage(change, true) : [foundUsage(write, work)]
  }))
}
