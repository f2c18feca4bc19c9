import type { Range } from '../../../core/storage/database.ts'
import type { Meter } from '../../capacity/meter.ts'
import { partitionOf } from '../../capacity/partition-keys.ts'
import { claim } from '../../capacity/throttling-errors.ts'
import type { Usage } from '../../capacity/usage.ts'
import { validation } from '../../errors.ts'
import { note, oneConsumed, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'
import { checkPage, needsTable, type PageIndex, type PageSelection } from '../../requests/page-checks.ts'
import { startKeyNames } from '../../requests/start-key.ts'
import { ItemReader } from '../../storage/item-reader.ts'
import { readPage, type PageOptions } from '../../storage/page.ts'
import { isBackfilling, type TableRecord } from '../../tables/table-record.ts'

export interface PageInput extends ReturnsCapacity, PageSelection, PageOptions { TableName: string }

/** Creates Query or Scan: plans a range of keys, reads one page of it, and charges for it. */
export function pageOperation<I extends PageInput> (
  { plan, ...checks }: Pick<DynamodbOperation<I>, 'types' | 'custom' | 'beforeBounds'> & { plan: (table: TableRecord, index: PageIndex | undefined, input: I) => Range }
): DynamodbOperation<I> {
  return {
    ...checks,
    async run (input, ctx) {
      const { TableName, IndexName } = input
      const reader = new ItemReader(ctx.store)
      const table = reader.table(TableName)
      const index = checkPage(table, input)
      const range = plan(table, index, input)
      if (IndexName !== undefined && isBackfilling(table, IndexName, ctx.clock.now())) {
        throw validation(`Cannot read from backfilling global secondary index: ${IndexName}`)
      }
      const pagePlan = { table, index, range, startKeyNames: startKeyNames(table, index), fetches: needsTable(table, index, input) }
      const view = input.ConsistentRead ? undefined : await ctx.store.lagged(table)
      const page = await readPage(reader, pagePlan, view ? { ...input, view } : input).finally(() => view?.close())
      // A query of a table without a sort key finds one item at most, and cannot be resumed.
      if (input.KeyConditions && !index && table.KeySchema.length === 1) delete page.LastEvaluatedKey
      note(ctx, reader, { tables: [TableName], index: IndexName, items: page.ScannedCount })
      if (ctx.throttle) claim(ctx, reader, [pageUsage(table, index, { input, meter: reader.meter })])
      return { ...page, ...oneConsumed(input, reader) }
    },
  }
}

/** A Query reads one partition key; a Scan reads all of them, which no limit of a single one applies to. */
function pageUsage (table: TableRecord, index: PageIndex | undefined, { input: { KeyConditions }, meter }: { input: PageInput, meter: Meter }): Usage {
  const units = meter.units().reduce((sum, { readUnits }) => sum + readUnits, 0)
  const usage = { table, kind: 'Read' as const, units, ...(index?.global && { index: index.IndexName }) }
  if (!KeyConditions) return { ...usage, partitions: [] }
  const values = Object.fromEntries(Object.entries(KeyConditions).map(([name, { AttributeValueList }]) => [name, AttributeValueList![0]!])) // the plan has checked it
  return { ...usage, partitions: [{ partition: partitionOf(values, (index ?? table).KeySchema), units }] }
}
