import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb'

/** What one BatchWriteItem takes. */
const MOST_ITEMS = 25
/** How often what was not processed is sent again, and for how long at first, ms. */
const TRIES = 8
const FIRST_WAIT_MS = 50

/**
 * Writes any number of items, and sends again what was not processed.
 *
 * @param onProgress  called with the number of items that were written
 * @throws when items are still not processed after some tries
 */
export async function writeBatches (client: DynamoDBClient, table: string, requests: readonly WriteRequest[], onProgress: (count: number) => void = () => {}): Promise<void> {
  for (let from = 0; from < requests.length; from += MOST_ITEMS) {
    let waiting: WriteRequest[] = requests.slice(from, from + MOST_ITEMS)
    for (let tried = 0; waiting.length > 0; tried++) {
      if (tried === TRIES) throw new Error(`${waiting.length} items of ${table} were not processed: they were throttled ${TRIES} times. ${from} are written`)
      if (tried > 0) await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** tried))
      const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: waiting } }))
      waiting = UnprocessedItems?.[table] ?? []
    }
    onProgress(Math.min(from + MOST_ITEMS, requests.length))
  }
}
