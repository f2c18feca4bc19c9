import { engine } from '../../requests/dynalite.ts'
import { validation } from '../../errors.ts'
import { multiAttributeIndex, queryMultiAttribute, type QueryInput } from '../../requests/query-plan.ts'
import { checkPage, indexOf, type PageSelection } from '../../requests/page-checks.ts'
import { queryRules, scanRules } from '../../requests/item-rules.ts'
import { note, oneConsumed, type DynamodbOperation, type ReturnsCapacity } from '../../operation.ts'
import { UnitOfWork } from '../../storage/unit-of-work.ts'

export interface PageInput extends ReturnsCapacity, PageSelection { TableName: string, KeyConditionExpression?: string }

const query = engine.types('query')
/** A Scan has at most this many segments. */
const SEGMENTS = 1_000_000

const TYPES = {
  // AWS words this one otherwise than all others, of which see `request-checks.ts`.
  query: { ...query, Limit: 'Integer' },
  // dynalite's Scan does not know that it may be consistent, nor how many segments there may be.
  scan: {
    ...engine.types('scan'),
    ConsistentRead: 'Boolean',
    TotalSegments: { type: 'Integer', greaterThanOrEqual: 1, lessThanOrEqual: SEGMENTS },
    Segment: { type: 'Integer', greaterThanOrEqual: 0, lessThanOrEqual: SEGMENTS - 1 },
  },
}

/** Query and Scan: dynalite checks the request, `mends/query-table.ts` reads and meters the page. */
export function readPage (name: 'query' | 'scan'): DynamodbOperation<PageInput> {
  return {
    types: TYPES[name],
    custom: name === 'query' ? queryRules : scanRules,
    async run (input, ctx) {
      const work = new UnitOfWork(ctx.store)
      const output = await read(name, work, input)
      note(ctx, work, { tables: [input.TableName], index: input.IndexName, items: output.ScannedCount as number }) // set on every page
      return { ...output, ...oneConsumed(input, work) }
    },
  }
}

async function read (name: 'query' | 'scan', work: UnitOfWork, input: PageInput): Promise<Record<string, unknown>> {
  const table = work.table(input.TableName)
  checkPage(table, input)
  if (name === 'scan') return engine.act(name, work, input)
  const query = input as QueryInput // as its own checks have left it
  const index = multiAttributeIndex(table, query.IndexName)
  if (index) return queryMultiAttribute(work, { table, index, input: query })
  const conditions = Object.keys(query.KeyConditions).length
  if (conditions > 2) {
    const { length: keys } = (indexOf(table, query.IndexName) ?? table).KeySchema
    throw validation(input.KeyConditionExpression === undefined
      ? 'Conditions can be of length 1 or 2 only'
      : `The number of query conditions (${conditions}) exceeds the number of key attributes defined in the schema (${keys})`)
  }
  return engine.act(name, work, query)
}
