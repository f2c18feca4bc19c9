import type { TableDefinition } from '../../aws/tables.ts'
import type { Config } from '../../config.ts'

/** `userId`, then `createdAt`: a user's images by age. */
export const USER_IMAGES = 'UserImages'
/** `status`, then `createdAt`: what is pending, processing, completed or failed, by age. */
export const STATUS_INDEX = 'StatusIndex'
/** `createdDate` (a day, `YYYY-MM-DD`), then `createdAt`: everybody's images of a day. A hash key takes equality only, and no prefix. */
export const DATE_INDEX = 'DateIndex'
/** `userId`, then `completedAt`, which only completed images have: a user's completed images. */
export const COMPLETED_INDEX = 'CompletedIndex'
/** The TTL attribute of an image (epoch seconds); only images that were given a lifetime have it. */
export const TTL_ATTRIBUTE = 'ttl'

const index = (name: string, hash: string, range: string) => ({
  IndexName: name,
  KeySchema: [{ AttributeName: hash, KeyType: 'HASH' as const }, { AttributeName: range, KeyType: 'RANGE' as const }],
  Projection: { ProjectionType: 'ALL' as const },
})

/** The table of images and of their owners' profiles (seed 002). */
export function imageTables ({ tables: { images } }: Pick<Config['image'], 'tables'>): TableDefinition[] {
  return [{
    // One image, or a profile (imageId "user_profile"): GetItem. Upload and delete: TransactWriteItems with the owner's
    // counters. Status, steps, lifetime: one conditional UpdateItem. Bulk: BatchGetItem, BatchWriteItem. Lists: a Query
    // on the index that is named for it. A profile has no createdAt, status, createdDate or completedAt, and so no
    // index holds it.
    name: images,
    input: {
      TableName: images,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['imageId', 'userId', 'status', 'createdAt', 'createdDate', 'completedAt']
        .map((name) => ({ AttributeName: name, AttributeType: 'S' as const })),
      KeySchema: [{ AttributeName: 'imageId', KeyType: 'HASH' }, { AttributeName: 'userId', KeyType: 'RANGE' }],
      GlobalSecondaryIndexes: [
        index(USER_IMAGES, 'userId', 'createdAt'),
        index(STATUS_INDEX, 'status', 'createdAt'),
        index(DATE_INDEX, 'createdDate', 'createdAt'),
        index(COMPLETED_INDEX, 'userId', 'completedAt'),
      ],
    },
    timeToLiveAttribute: TTL_ATTRIBUTE,
    pointInTimeRecovery: true,
  }]
}
