import { DeleteCommand, GetCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Clock } from '../../../core/clock.ts'
import type { PageKey } from '../../../core/page-token.ts'
import { FaceRecordSchema, type FaceRecord, type FaceRecordChanges } from '../schemas.ts'
import { METERED, read, unlessRefused, write, type FaceStore, type TransactionPart } from './store.ts'

const SECONDS_A_DAY = 86_400

/** An expired record does not exist for any call, whether or not DynamoDB has deleted it yet. */
const LIVE = '(attribute_not_exists(expiresAt) OR expiresAt > :now)'
const ABSENT = 'attribute_not_exists(userId) OR expiresAt <= :now'

/** The members of a record that the dashboard needs. */
export type FaceRecordSummary = Pick<FaceRecord, 'validationStatus' | 'confidence' | 'quality'>

/** Face records, one a user: the feature's only caller of the table `face-verifications`. */
export function createFaceRecords (store: FaceStore, options: { table: string, ttlDays: number, clock: Clock }) {
  const { documents } = store
  const { table, ttlDays, clock } = options
  const now = () => Math.floor(clock.now() / 1000)
  const isLive = ({ expiresAt }: Pick<FaceRecord, 'expiresAt'>) => expiresAt === undefined || expiresAt > now()

  return {
    /** Access pattern "get": one GetItem. */
    async get (userId: string): Promise<FaceRecord | undefined> {
      const { Item } = await read(store, table, () => documents.send(new GetCommand({ TableName: table, Key: { userId }, ...METERED })))
      const record = Item as FaceRecord | undefined // only creation() and update() write here
      return record && isLive(record) ? record : undefined
    },

    /** Access patterns "exists" and "validate before creation": one GetItem of the key alone. */
    async exists (userId: string): Promise<boolean> {
      const { Item } = await read(store, table, () => documents.send(new GetCommand({
        TableName: table, Key: { userId }, ProjectionExpression: 'userId, expiresAt', ...METERED,
      })))
      return Item !== undefined && isLive(Item)
    },

    /** Part of the access pattern "create": the record, on condition that the user has none. */
    creation (record: FaceRecord): TransactionPart {
      const expiresAt = ttlDays > 0 ? now() + ttlDays * SECONDS_A_DAY : undefined
      return {
        Put: {
          TableName: table,
          Item: { ...record, expiresAt },
          ConditionExpression: ABSENT,
          ExpressionAttributeValues: { ':now': now() },
        },
      }
    },

    /** Access pattern "update": one conditional UpdateItem. `undefined` if the user has no record. */
    async update (userId: string, changes: FaceRecordChanges, at: string): Promise<FaceRecord | undefined> {
      const set = Object.entries({ ...changes, updatedAt: at })
      return await unlessRefused(async () => {
        const { Attributes } = await write(store, table, () => documents.send(new UpdateCommand({
          TableName: table,
          Key: { userId },
          UpdateExpression: `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}`,
          ConditionExpression: `attribute_exists(userId) AND ${LIVE}`,
          ExpressionAttributeNames: Object.fromEntries(set.map(([name]) => [`#${name}`, name])),
          ExpressionAttributeValues: { ':now': now(), ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])) },
          ReturnValues: 'ALL_NEW',
          ...METERED,
        })))
        return Attributes as FaceRecord // the condition ensures that it is a record
      })
    },

    /** Access pattern "delete": one conditional DeleteItem. `false` if the user has no record. */
    async remove (userId: string): Promise<boolean> {
      return await unlessRefused(async () => {
        await write(store, table, () => documents.send(new DeleteCommand({
          TableName: table,
          Key: { userId },
          ConditionExpression: `attribute_exists(userId) AND ${LIVE}`,
          ExpressionAttributeValues: { ':now': now() },
          ...METERED,
        })))
        return true
      }) ?? false
    },

    /**
     * Access pattern "admin/all": one Scan a page. Expired records that are still in the table count towards the
     * limit and are left out, so a page may be short. They are deleted within the lag of TTL.
     */
    async list (query: { limit: number, startKey?: PageKey, withVector: boolean }): Promise<{ items: FaceRecord[], lastKey?: PageKey }> {
      const names = Object.keys(FaceRecordSchema.properties).filter((name) => query.withVector || name !== 'faceVector')
      const { Items = [], LastEvaluatedKey } = await scan(names, { Limit: query.limit, ExclusiveStartKey: query.startKey })
      return { items: Items as FaceRecord[], lastKey: LastEvaluatedKey } // see get()
    },

    /**
     * Access pattern "dashboard": the Scan, page by page, of the members for a summary.
     * @param mostPages  pages of 1 MB to read at most; the last one says whether more would follow
     * @returns `readUnits` are those that DynamoDB reports for the page
     */
    async * summaries (mostPages: number): AsyncGenerator<{ items: FaceRecordSummary[], readUnits: number, isLast: boolean }> {
      let startKey: PageKey | undefined
      for (let pages = 0; pages < mostPages; pages++) {
        const { Items = [], LastEvaluatedKey, ConsumedCapacity } = await scan(['validationStatus', 'confidence', 'quality'], { ExclusiveStartKey: startKey })
        // The items: see get().
        yield { items: Items as FaceRecordSummary[], readUnits: ConsumedCapacity?.CapacityUnits ?? 0, isLast: !LastEvaluatedKey }
        if (!LastEvaluatedKey) return
        startKey = LastEvaluatedKey
      }
    },
  }

  function scan (names: string[], range: { Limit?: number, ExclusiveStartKey?: PageKey }) {
    return read(store, table, () => documents.send(new ScanCommand({
      TableName: table,
      FilterExpression: LIVE,
      ProjectionExpression: names.map((name) => `#${name}`).join(', '),
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: { ':now': now() },
      ...range,
      ...METERED,
    })))
  }
}

export type FaceRecords = ReturnType<typeof createFaceRecords>
