import { DeleteCommand, QueryCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { throughConflicts, unlessRefused, type TransactionPart } from '../../../aws/transact.ts'
import { withTable } from '../../../core/errors.ts'
import type { PageKey } from '../../../core/page-token.ts'
import { processedKey } from '../object-keys.ts'
import type { Image, ImageKey } from '../schemas.ts'
import { STATUS_INDEX, USER_IMAGES } from '../tables.ts'

/** Everything that has to be cleaned up when an image expires. It outlives the image's own item, which DynamoDB may delete first. */
export interface Expiry extends ImageKey {
  /** Epoch seconds: the image's `ttl`. */
  at: number
  /** Of the original, as it is in its owner's counters. */
  bytes: number
  /** Keys of the objects. */
  objects: string[]
  /** The image is deleted and its owner's counters are right; only the objects may be left. */
  isCounted: boolean
}

interface StoredExpiry extends Omit<Expiry, 'at' | 'isCounted'> {
  /** The time at which the image expires, under the name of the range key of the indexes. */
  createdAt: string
  isCounted?: boolean
}

/** No id has a control character, so no image and no user has such a key, and no list of images shows these items. */
const PREFIX = 'expiry\u001f'
/** Not a status of images. */
const STATUS = 'expiring'

const isoOf = (at: number) => new Date(at * 1000).toISOString()

/**
 * The ledger of images that have a lifetime: one item each in the table of images, without a `ttl` of its own. StatusIndex
 * has all of them by time, UserImages those of one user.
 */
export function createExpiries ({ documents, table }: { documents: DynamoDBDocumentClient, table: string }) {
  const keyOf = ({ imageId, userId }: ImageKey) => ({ imageId: PREFIX + imageId, userId: PREFIX + userId })

  async function * query (index: string, condition: { expression: string, names: Record<string, string>, values: Record<string, unknown> }, limit?: number): AsyncGenerator<Expiry[]> {
    let startKey: PageKey | undefined
    do {
      const { Items = [], LastEvaluatedKey } = await withTable(table, () => documents.send(new QueryCommand({
        TableName: table,
        IndexName: index,
        KeyConditionExpression: condition.expression,
        ExpressionAttributeNames: condition.names,
        ExpressionAttributeValues: condition.values,
        Limit: limit,
        ExclusiveStartKey: startKey,
      })))
      yield (Items as StoredExpiry[]).map(shown) // nothing else has such a key
      startKey = LastEvaluatedKey
    } while (startKey)
  }

  return {
    keyOf,

    /** Access pattern "expired images": pages of one Query on StatusIndex, those that expire first first. */
    byTime: (limit: number) => query(STATUS_INDEX, { expression: '#status = :status', names: { '#status': 'status' }, values: { ':status': STATUS } }, limit),

    /** Part of the access pattern "delete a user": a Query on UserImages. */
    ofUser: (userId: string) => query(USER_IMAGES, { expression: '#user = :user', names: { '#user': 'userId' }, values: { ':user': PREFIX + userId } }),

    /** Part of the access pattern "set the lifetime". It replaces the entry that the image has. */
    scheduling (image: Image, at: number): TransactionPart {
      const { originalS3Key, processedS3Key, originalFileSize } = image
      const objects = [...new Set([originalS3Key, processedS3Key ?? [], processedKey(image)].flat())]
      return { Put: { TableName: table, Item: { ...keyOf(image), status: STATUS, createdAt: isoOf(at), bytes: originalFileSize, objects } } }
    },

    /** Part of the access patterns "delete an image" and "delete a user". */
    cancellation (key: ImageKey): TransactionPart {
      return { Delete: { TableName: table, Key: keyOf(key) } }
    },

    /** Part of the access pattern "expired images": of several processes, one alone gets this condition. */
    counting (expiry: Expiry): TransactionPart {
      return {
        Update: {
          TableName: table,
          Key: keyOf(expiry),
          UpdateExpression: 'SET isCounted = :true',
          ConditionExpression: 'createdAt = :at AND attribute_not_exists(isCounted)',
          ExpressionAttributeValues: { ':true': true, ':at': isoOf(expiry.at) },
        },
      }
    },

    /** Moves an entry to the `ttl` that its image has, where something else than the API has changed that. */
    async move (expiry: Expiry, at: number): Promise<void> {
      await withTable(table, () => unlessRefused(() => throughConflicts(() => documents.send(new UpdateCommand({
        TableName: table,
        Key: keyOf(expiry),
        UpdateExpression: 'SET createdAt = :new',
        ConditionExpression: 'createdAt = :at AND attribute_not_exists(isCounted)',
        ExpressionAttributeValues: { ':new': isoOf(at), ':at': isoOf(expiry.at) },
      })))))
    },

    /** Removes an entry that is as it was read. */
    async remove (expiry: Expiry): Promise<void> {
      await withTable(table, () => unlessRefused(() => throughConflicts(() => documents.send(new DeleteCommand({
        TableName: table, Key: keyOf(expiry), ConditionExpression: 'createdAt = :at', ExpressionAttributeValues: { ':at': isoOf(expiry.at) },
      })))))
    },
  }
}

export type Expiries = ReturnType<typeof createExpiries>

function shown ({ imageId, userId, createdAt, bytes, objects, isCounted = false }: StoredExpiry): Expiry {
  return { imageId: imageId.slice(PREFIX.length), userId: userId.slice(PREFIX.length), at: Date.parse(createdAt) / 1000, bytes, objects, isCounted }
}
