import type { Range } from '../../../core/storage/database.ts'
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
      const page = await readPage(reader, { table, index, range, startKeyNames: startKeyNames(table, index), fetches: needsTable(table, index, input) }, input)
      // A query of a table without a sort key finds one item at most, and cannot be resumed.
      if (input.KeyConditions && !index && table.KeySchema.length === 1) delete page.LastEvaluatedKey
      note(ctx, reader, { tables: [TableName], index: IndexName, items: page.ScannedCount })
      return { ...page, ...oneConsumed(input, reader) }
    },
  }
}
