import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { GetCommand, QueryCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { throughConflicts, transactWith, unlessRefused, type TransactionPart } from '../../../aws/transact.ts'
import type { Clock } from '../../../core/clock.ts'
import { withTable } from '../../../core/errors.ts'
import type { PageKey } from '../../../core/page-token.ts'
import type { Image, ImageKey, ImageStatus, ProcessingSteps } from '../schemas.ts'
import { COMPLETED_INDEX, DATE_INDEX, STATUS_INDEX, USER_IMAGES } from '../tables.ts'

/** Whose turn it is to process an image. It is in the item, and no part of what the API shows. */
export interface Claim {
  /** A worker's own id. */
  worker: string
  /** Epoch ms from which anybody may take the image over. */
  until: number
  /** How often it was begun. */
  attempt: number
}

/** An image with what only workers are to know. */
export type StoredImage = Image & { claim?: Claim }

export interface ImagePage { items: StoredImage[], lastKey?: PageKey }
export interface PageRange { limit: number, startKey?: PageKey }

/** What a change sets. */
export interface Changes extends Partial<Pick<Image, 'status' | 'processedS3Key' | 'processedAt' | 'completedAt' | 'metadata'>> {
  /** Each replaces the step that there is. */
  steps?: Partial<ProcessingSteps>
  /** `null` takes it away. */
  claim?: Claim | null
}

/** When a change may be made, besides that the image is there. */
export interface When {
  status?: ImageStatus
  /** A worker's id: the image is still claimed by it. */
  claimedBy?: string
}

/** The image after a change; or why there was none: the image as it is, or nothing. */
export type Changed = { done: true, image: StoredImage } | { done: false, image: StoredImage | undefined }

const LIVE = '(attribute_not_exists(#ttl) OR #ttl > :seconds)'
const THERE = `attribute_exists(imageId) AND ${LIVE}`

/** Images: with `profiles.ts` and `bulk.ts` the feature's only caller of the table `image-processing-metadata`. */
export function createImages ({ documents, table, clock }: { documents: DynamoDBDocumentClient, table: string, clock: Clock }) {
  const seconds = () => Math.floor(clock.now() / 1000)
  const isLive = ({ ttl }: Pick<Image, 'ttl'>) => ttl === undefined || ttl > seconds()

  /** One Query. An expired image that is still in the table counts towards the limit, and is left out. */
  async function query (index: string, { hash, newestFirst, limit, startKey }: PageRange & { hash: [name: string, value: string], newestFirst: boolean }): Promise<ImagePage> {
    const { Items = [], LastEvaluatedKey } = await withTable(table, () => documents.send(new QueryCommand({
      TableName: table,
      IndexName: index,
      KeyConditionExpression: '#hash = :hash',
      FilterExpression: LIVE,
      ExpressionAttributeNames: { '#hash': hash[0], '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':hash': hash[1], ':seconds': seconds() },
      ScanIndexForward: !newestFirst,
      Limit: limit,
      ExclusiveStartKey: startKey,
    })))
    return { items: Items as StoredImage[], lastKey: LastEvaluatedKey } // no profile is in an index, and the rest is written here
  }

  return {
    isLive,

    /** Access pattern "get an image": one GetItem. */
    async get ({ imageId, userId }: ImageKey, options: { consistent?: boolean } = {}): Promise<StoredImage | undefined> {
      const { Item } = await withTable(table, () => documents.send(new GetCommand({
        TableName: table, Key: { imageId, userId }, ConsistentRead: options.consistent,
      })))
      const image = Item as StoredImage | undefined // the id says that it is no profile
      return image && isLive(image) ? image : undefined
    },

    /** Access pattern "images of a user": one Query on UserImages, newest first. */
    listByUser: (userId: string, range: PageRange) => query(USER_IMAGES, { ...range, hash: ['userId', userId], newestFirst: true }),

    /** Access pattern "completed images of a user": one Query on CompletedIndex, last completed first. */
    listCompleted: (userId: string, range: PageRange) => query(COMPLETED_INDEX, { ...range, hash: ['userId', userId], newestFirst: true }),

    /** Access pattern "images by status": one Query on StatusIndex, newest first; for the worker, longest waiting first. */
    listByStatus: (status: ImageStatus, { oldestFirst = false, ...range }: PageRange & { oldestFirst?: boolean }) =>
      query(STATUS_INDEX, { ...range, hash: ['status', status], newestFirst: !oldestFirst }),

    /** Part of the access pattern "recent images": one Query on DateIndex, newest first. */
    listByDay: (createdDate: string, range: PageRange) => query(DATE_INDEX, { ...range, hash: ['createdDate', createdDate], newestFirst: true }),

    /** Part of the access pattern "upload": the image. */
    creation (image: Image): TransactionPart {
      return { Put: { TableName: table, Item: image, ConditionExpression: 'attribute_not_exists(imageId)' } }
    },

    /** Part of the access pattern "delete an image", on condition that it has the lifetime that was read. */
    deletion ({ imageId, userId, ttl }: Image): TransactionPart {
      return {
        Delete: {
          TableName: table,
          Key: { imageId, userId },
          ConditionExpression: ttl === undefined ? 'attribute_exists(imageId) AND attribute_not_exists(#ttl)' : '#ttl = :ttl AND #ttl > :seconds',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ...ttl !== undefined && { ExpressionAttributeValues: { ':ttl': ttl, ':seconds': seconds() } },
        },
      }
    },

    /** Part of the access pattern "set the lifetime". */
    lifetime ({ imageId, userId }: ImageKey, { ttl, updatedAt }: Required<Pick<Image, 'ttl' | 'updatedAt'>>): TransactionPart {
      return {
        Update: {
          TableName: table,
          Key: { imageId, userId },
          UpdateExpression: 'SET #ttl = :ttl, updatedAt = :at',
          ConditionExpression: THERE,
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':ttl': ttl, ':at': updatedAt, ':seconds': seconds() },
        },
      }
    },

    /** Writes both parts or none. `false` when a condition did not hold. */
    async writeBoth (image: TransactionPart, expiry: TransactionPart): Promise<boolean> {
      return (await transactWith((command) => documents.send(command), { image, expiry })).size === 0
    },

    /** Part of the access pattern "expired images": whether or not DynamoDB has deleted the item. A refusal returns the image. */
    expiry ({ imageId, userId }: ImageKey): TransactionPart {
      return {
        Delete: {
          TableName: table,
          Key: { imageId, userId },
          ConditionExpression: 'attribute_not_exists(imageId) OR #ttl <= :seconds',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':seconds': seconds() },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      }
    },

    /** Access pattern "update the status", and each step of the processing: one conditional UpdateItem. */
    async change ({ imageId, userId }: ImageKey, { steps = {}, claim, ...changes }: Changes, when: When = {}): Promise<Changed> {
      const names: Record<string, string> = {}
      const values: Record<string, unknown> = { ':seconds': seconds() }
      // Everything by a placeholder: `status`, `ttl` and others are reserved words.
      const path = (...parts: string[]) => parts.map((part) => {
        names[`#${part}`] = part
        return `#${part}`
      }).join('.')
      const equal = (left: string, value: unknown) => {
        const placeholder = `:v${Object.keys(values).length}`
        values[placeholder] = value
        return `${left} = ${placeholder}`
      }
      path('ttl')
      const set = [
        equal(path('updatedAt'), new Date(clock.now()).toISOString()),
        ...Object.entries({ ...changes, ...claim && { claim } }).filter(([, value]) => value !== undefined).map(([name, value]) => equal(path(name), value)),
        ...Object.entries(steps).map(([name, value]) => equal(path('processingSteps', name), value)),
      ]
      const conditions = [
        THERE,
        ...when.status === undefined ? [] : [equal(path('status'), when.status)],
        ...when.claimedBy === undefined ? [] : [equal(path('claim', 'worker'), when.claimedBy)],
      ]
      try {
        const { Attributes } = await withTable(table, () => throughConflicts(() => documents.send(new UpdateCommand({
          TableName: table,
          Key: { imageId, userId },
          UpdateExpression: `SET ${set.join(', ')}${claim === null ? ` REMOVE ${path('claim')}` : ''}`,
          ConditionExpression: conditions.join(' AND '),
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: values,
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }))))
        return { done: true, image: Attributes as StoredImage } // the condition says that it was one before
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
        const image = error.Item && unmarshall(error.Item) as StoredImage // see get()
        return { done: false, image: image && isLive(image) ? image : undefined }
      }
    },

    /**
     * Takes an image for a worker to process: one that is pending, or whose worker has let its claim run out.
     *
     * @param options.steps        as they begin
     * @param options.evenClaimed  the process that claimed it is known to be gone
     * @returns the image with the claim, or `undefined` when it is claimed, completed or deleted by now
     */
    async claim ({ imageId, userId }: ImageKey, { claim, steps, evenClaimed = false }: { claim: Claim, steps: ProcessingSteps, evenClaimed?: boolean }): Promise<StoredImage | undefined> {
      return await withTable(table, () => unlessRefused(async () => {
        const { Attributes } = await throughConflicts(() => documents.send(new UpdateCommand({
          TableName: table,
          Key: { imageId, userId },
          UpdateExpression: 'SET #status = :processing, #claim = :claim, #steps = :steps, #updatedAt = :at',
          // An image that is processed elsewhere, as PATCH reports, has no claim, and is left to that processor.
          ConditionExpression: `${THERE} AND (#status = :pending OR (#status = :processing AND #claim.#until <= :now))`,
          ExpressionAttributeNames: { '#ttl': 'ttl', '#status': 'status', '#claim': 'claim', '#until': 'until', '#steps': 'processingSteps', '#updatedAt': 'updatedAt' },
          ExpressionAttributeValues: {
            ':seconds': seconds(),
            ':now': evenClaimed ? Number.MAX_SAFE_INTEGER : clock.now(),
            ':at': new Date(clock.now()).toISOString(),
            ':pending': 'pending',
            ':processing': 'processing',
            ':claim': claim,
            ':steps': steps,
          },
          ReturnValues: 'ALL_NEW',
        })))
        return Attributes as StoredImage // see change()
      }))
    },
  }
}

export type Images = ReturnType<typeof createImages>
