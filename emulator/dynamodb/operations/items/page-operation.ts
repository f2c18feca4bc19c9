import { validation } from '../../errors.ts'
import type { DynamodbContext } from '../../context.ts'
import { note, oneConsumed, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'
import { checkPage, type PageSelection } from '../../requests/page-checks.ts'
import type { Shapes } from '../../requests/shapes.ts'
import { ItemReader } from '../../storage/item-reader.ts'
import { readPage, type PageOptions, type PagePlan } from '../../storage/page.ts'
import { isBackfilling, type TableRecord } from '../../tables/table-record.ts'

export interface PageInput extends ReturnsCapacity, PageSelection, PageOptions { TableName: string }

/** How Query and Scan differ. */
export interface PageOperation<I extends PageInput> {
  types: Shapes
  rules: (input: I, ctx: DynamodbContext) => void
  plan: (table: TableRecord, input: I) => PagePlan
}

/** Makes Query or Scan: plans a range of keys, reads one page of it, and charges for it. */
export function pageOperation<I extends PageInput> ({ types, rules, plan }: PageOperation<I>): DynamodbOperation<I> {
  return {
    types,
    custom: rules,
    async run (input, ctx) {
      const { TableName, IndexName } = input
      const reader = new ItemReader(ctx.store)
      const table = reader.table(TableName)
      checkPage(table, input)
      const planned = plan(table, input)
      if (IndexName !== undefined && isBackfilling(table, IndexName, ctx.clock.now())) {
        throw validation(`Cannot read from backfilling global secondary index: ${IndexName}`)
      }
      const page = await readPage(reader, planned, input)
      note(ctx, reader, { tables: [TableName], index: IndexName, items: page.ScannedCount })
      return { ...page, ...oneConsumed(input, reader) }
    },
  }
}
