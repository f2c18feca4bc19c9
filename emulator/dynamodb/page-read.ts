import { engine } from './engine.ts'
import { queryRules, scanRules } from './request-checks.ts'
import { note, oneConsumed, type DynamodbOperation, type ReturnsCapacity } from './operation.ts'
import { UnitOfWork } from './unit-of-work.ts'

export interface PageInput extends ReturnsCapacity { TableName: string, IndexName?: string }

/** Query and Scan: dynalite checks the request, `mends/query-table.ts` reads and meters the page. */
export function readPage (name: 'query' | 'scan'): DynamodbOperation<PageInput> {
  return {
    types: engine.types(name),
    custom: name === 'query' ? queryRules : scanRules,
    async run (input, ctx) {
      const work = new UnitOfWork(ctx.store)
      const output = await engine.act(name, work, input)
      note(ctx, work, { tables: [input.TableName], index: input.IndexName, items: output.ScannedCount as number }) // set on every page
      return { ...output, ...oneConsumed(input, work) }
    },
  }
}
