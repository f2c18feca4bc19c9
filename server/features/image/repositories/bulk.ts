import { BatchGetCommand, BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { backOff } from '../../../aws/transact.ts'
import { stopwatch } from '../../../core/clock.ts'
import { awsOutage, withTable } from '../../../core/errors.ts'
import type { Image, ImageKey } from '../schemas.ts'
import type { StoredImage } from './images.ts'

/** AWS's limits of one call. */
const MOST_WRITES = 25
const MOST_READS = 100
/** Calls that are under way at once. */
const AT_ONCE = 4
/** Each goes over all that is left; where two thirds of every batch get through, 500 items take seven or eight. */
const MOST_ROUNDS = 16
const LONGEST_PAUSE_MS = 1_000
/** No round begins later: the result of each item has to be returned within the request's own time. */
const MOST_MS = 12_000

/** Many images at once: batches, with what DynamoDB leaves unprocessed sent again. */
export function createBulk ({ documents, table }: { documents: DynamoDBDocumentClient, table: string }) {
  /** One BatchWriteItem. */
  async function write (images: readonly Image[]): Promise<Image[]> {
    const { UnprocessedItems } = await documents.send(new BatchWriteCommand({
      RequestItems: { [table]: images.map((Item) => ({ PutRequest: { Item } })) },
    }))
    return (UnprocessedItems?.[table] ?? []).map(({ PutRequest }) => PutRequest!.Item as Image) // what was sent comes back
  }

  /** One BatchGetItem. */
  async function read (keys: readonly ImageKey[], found: StoredImage[]): Promise<ImageKey[]> {
    const { Responses, UnprocessedKeys } = await documents.send(new BatchGetCommand({
      RequestItems: { [table]: { Keys: keys.map(({ imageId, userId }) => ({ imageId, userId })) } },
    }))
    found.push(...(Responses?.[table] ?? []) as StoredImage[]) // the ids say that they are no profiles
    return (UnprocessedKeys?.[table]?.Keys ?? []) as ImageKey[] // what was sent comes back
  }

  return {
    /**
     * Access pattern "create many": BatchWriteItem, 25 a call, and again for what it leaves, after a pause that grows.
     *
     * @returns the images that DynamoDB would not take to the end; the others are written
     * @throws 503 the table is missing or cannot be reached
     */
    putAll: (images: readonly Image[]): Promise<Image[]> => withTable(table, () => inRounds(images, MOST_WRITES, write)),

    /**
     * Access pattern "get many": one BatchGetItem, and again for the keys that it leaves.
     *
     * @param keys  each once
     * @returns what there is, in no order, and the keys that DynamoDB would not look up to the end
     */
    async getAll (keys: readonly ImageKey[]): Promise<{ found: StoredImage[], left: ImageKey[] }> {
      const found: StoredImage[] = []
      const left = await withTable(table, () => inRounds(keys, MOST_READS, (some) => read(some, found)))
      return { found, left }
    },
  }
}

export type Bulk = ReturnType<typeof createBulk>

/** Sends all in batches, then again what came back, until nothing does, or the rounds or the time are over. */
async function inRounds<T> (all: readonly T[], most: number, send: (some: readonly T[]) => Promise<T[]>): Promise<T[]> {
  let left = [...all]
  const began = stopwatch()
  for (let round = 0; left.length > 0 && round < MOST_ROUNDS && stopwatch() - began < MOST_MS; round++) {
    if (round > 0) await backOff(round + 2, LONGEST_PAUSE_MS)
    const batches = Array.from({ length: Math.ceil(left.length / most) }, (_, index) => left.slice(index * most, (index + 1) * most))
    left = []
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let batch = batches.shift(); batch; batch = batches.shift()) left.push(...await sendOrLeave(batch, send))
    }))
  }
  return left
}

/** A batch of which DynamoDB takes nothing is refused as a whole: all of it is left. */
async function sendOrLeave<T> (batch: readonly T[], send: (some: readonly T[]) => Promise<T[]>): Promise<readonly T[]> {
  try {
    return await send(batch)
  } catch (error) {
    if (awsOutage(error) === 'busy') return batch
    throw error
  }
}
