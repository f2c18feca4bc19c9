import { BatchWriteCommand, ScanCommand, type BatchWriteCommandInput, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { backOff } from '../../../aws/transact.ts'
import { StoreBusy, withTable } from '../../../core/errors.ts'
import type { PageKey } from '../../../core/page-token.ts'

type Item = Record<string, unknown>

/** Items of one BatchWriteItem. */
export const BATCH = 25
/** DynamoDB may leave part of a batch for later, rather than refuse it. */
const MOST_ATTEMPTS = 12
const LONGEST_PAUSE_MS = 2_000

/** Many items of a table at once, for imports and exports. */
export function createBulk (documents: DynamoDBDocumentClient, table: string) {
  return {
    /**
     * Writes up to 25 items with different keys, in the place of those that are there.
     *
     * @throws a 503 when the table is missing, or does not take all of them after many attempts
     */
    async put (items: readonly Item[]): Promise<void> {
      let left: NonNullable<BatchWriteCommandInput['RequestItems']>[string] = items.map((Item) => ({ PutRequest: { Item } }))
      for (let attempt = 1; left.length > 0; attempt++) {
        const { UnprocessedItems = {} } = await withTable(table, () => documents.send(new BatchWriteCommand({ RequestItems: { [table]: left } })))
        left = UnprocessedItems[table] ?? []
        if (left.length === 0) return
        if (attempt === MOST_ATTEMPTS) throw new StoreBusy(`Table ${table}`)
        await backOff(attempt, LONGEST_PAUSE_MS)
      }
    },

    /** Reads all items that have an attribute, in parallel segments of the table, page by page. */
    async scan (query: { attribute: string, segments: number, onPage: (items: Item[]) => Promise<void> }): Promise<void> {
      await eachPage({ ...query, countOnly: false, onPage: ({ Items = [] }) => query.onPage(Items) })
    },

    /** How many items have an attribute. It reads the table as {@link scan} does, and costs as much. */
    async count (query: { attribute: string, segments: number }): Promise<number> {
      let count = 0
      await eachPage({ ...query, countOnly: true, async onPage ({ Count = 0 }) { count += Count } })
      return count
    },
  }

  async function eachPage (query: { attribute: string, segments: number, countOnly: boolean, onPage: (page: { Items?: Item[], Count?: number }) => Promise<void> }): Promise<void> {
    const { attribute, segments, countOnly, onPage } = query
    await Promise.all(Array.from({ length: segments }, async (_, Segment) => {
      let startKey: PageKey | undefined
      do {
        const page = await withTable(table, () => documents.send(new ScanCommand({
          TableName: table,
          Segment,
          TotalSegments: segments,
          FilterExpression: 'attribute_exists(#attribute)',
          ExpressionAttributeNames: { '#attribute': attribute },
          ConsistentRead: true,
          Select: countOnly ? 'COUNT' : undefined,
          ExclusiveStartKey: startKey,
        })))
        await onPage(page)
        startKey = page.LastEvaluatedKey
      } while (startKey)
    }))
  }
}

export type Bulk = ReturnType<typeof createBulk>
