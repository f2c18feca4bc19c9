import { GetCommand, PutCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { throughConflicts, transactWith, unlessRefused, type Obstacle, type TransactionPart } from '../../../aws/transact.ts'
import { withTable } from '../../../core/errors.ts'
import type { Profile, ProfileChanges } from '../schemas.ts'

/** All profiles share this hash key, as seed 002 has it: one hot partition at scale. No image's id looks like it. */
export const PROFILE_ID = 'user_profile'

/** Under these names its times keep a profile out of every index: with a `createdAt`, it would be among its user's images. */
type StoredProfile = Omit<Profile, 'createdAt' | 'updatedAt'> & { imageId: string, profileCreatedAt: string, profileUpdatedAt: string }

/** What an upload or a delete does to its owner's counters. */
export interface Count {
  images: number
  /** Of the originals. */
  bytes: number
  /** Of an upload, which then is the last one. */
  uploadedAt?: string
}

/** What is written with a count. */
export interface CountedWrite extends Count {
  userId: string
  /** What is done to the image's entry among the expiries. */
  entry?: TransactionPart
  /** When a profile that is missing is made. Without it none is made, and nothing counted. */
  at?: string
}

/** What everybody begins with. */
const DEFAULTS: Profile['profile'] = { preferences: { defaultImageSize: 'medium', watermarkEnabled: true } }
const NOTHING: Profile['statistics'] = { totalImages: 0, totalStorageUsed: 0 }

/** The profiles of the images' owners, with their counters. */
export function createProfiles ({ documents, table }: { documents: DynamoDBDocumentClient, table: string }) {
  const keyOf = (userId: string) => ({ imageId: PROFILE_ID, userId })

  /** An Update of the counters, on condition that there is a profile. */
  function counting (userId: string, { images, bytes, uploadedAt }: Count) {
    return {
      TableName: table,
      Key: keyOf(userId),
      UpdateExpression: 'SET #statistics.#images = #statistics.#images + :images, #statistics.#bytes = #statistics.#bytes + :bytes' +
        (uploadedAt ? ', #statistics.#last = :at' : ''),
      ConditionExpression: 'attribute_exists(imageId)',
      ExpressionAttributeNames: { '#statistics': 'statistics', '#images': 'totalImages', '#bytes': 'totalStorageUsed', ...uploadedAt && { '#last': 'lastUploadAt' } },
      ExpressionAttributeValues: { ':images': images, ':bytes': bytes, ...uploadedAt && { ':at': uploadedAt } },
    }
  }

  const profiles = {
    /** Access pattern "get a profile": one GetItem. */
    async get (userId: string): Promise<Profile | undefined> {
      const { Item } = await withTable(table, () => documents.send(new GetCommand({ TableName: table, Key: keyOf(userId) })))
      return Item && shown(Item as StoredProfile) // only ensure() and put() make one
    },

    /** Access pattern "put a profile": one UpdateItem, which leaves the counters as they are. */
    async put (userId: string, { email, profile }: ProfileChanges, at: string): Promise<Profile> {
      const { Attributes } = await withTable(table, () => throughConflicts(() => documents.send(new UpdateCommand({
        TableName: table,
        Key: keyOf(userId),
        UpdateExpression: 'SET #profile = :profile, #statistics = if_not_exists(#statistics, :nothing), ' +
          `#created = if_not_exists(#created, :at), #updated = :at${email === undefined ? ' REMOVE #email' : ', #email = :email'}`,
        ExpressionAttributeNames: { '#profile': 'profile', '#statistics': 'statistics', '#created': 'profileCreatedAt', '#updated': 'profileUpdatedAt', '#email': 'email' },
        ExpressionAttributeValues: { ':profile': profile, ':nothing': NOTHING, ':at': at, ...email !== undefined && { ':email': email } },
        ReturnValues: 'ALL_NEW',
      }))))
      return shown(Attributes as StoredProfile) // what was just written
    },

    /**
     * The access patterns "upload", "delete an image" and "expired images": what is done to the image and its owner's
     * counters, in one TransactWriteItems. At the first image of a user who has no profile, that is made in between.
     *
     * @returns the parts whose condition did not hold; empty when everything is written
     */
    async writeCounted (image: TransactionPart, counted: CountedWrite): Promise<ReadonlyMap<'image' | 'counters' | 'entry', Obstacle>> {
      const { userId, at, entry, ...count } = counted
      const write = (counters: TransactionPart | undefined) => transactWith((command) => documents.send(command), { image, counters, entry })
      const counters = { Update: counting(userId, count) }
      const refused = await write(counters)
      if (refused.size !== 1 || !refused.has('counters')) return refused
      if (at === undefined) return await write(undefined)
      await profiles.ensure(userId, at)
      return await write(counters)
    },

    /** Part of the access pattern "create many": what was written is counted, in one UpdateItem. */
    async add (userId: string, { at, ...count }: Count & { at: string }): Promise<void> {
      const update = () => withTable(table, () => unlessRefused(() => throughConflicts(() => documents.send(new UpdateCommand(counting(userId, count))))))
      if (await update()) return
      await profiles.ensure(userId, at)
      await update()
    },

    /** Makes the profile of a user who has none, by a conditional PutItem. */
    async ensure (userId: string, at: string): Promise<void> {
      const Item: StoredProfile = { ...keyOf(userId), profile: DEFAULTS, statistics: NOTHING, profileCreatedAt: at, profileUpdatedAt: at }
      await withTable(table, () => unlessRefused(() => throughConflicts(() => documents.send(new PutCommand({
        TableName: table, Item, ConditionExpression: 'attribute_not_exists(imageId)',
      })))))
    },
  }
  return profiles
}

export type Profiles = ReturnType<typeof createProfiles>

function shown ({ imageId, profileCreatedAt, profileUpdatedAt, ...profile }: StoredProfile): Profile {
  return { ...profile, createdAt: profileCreatedAt, updatedAt: profileUpdatedAt }
}
