import { BatchWriteItemCommand, DescribeTableCommand, ScanCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { BatchGetCommand, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { StoreBusy, TableMissing, withTable } from '../../../core/errors.ts'
import type { FaceRecord, Registration } from '../schemas.ts'
import { backOff, unlessRefused } from './store.ts'

/** An item in DynamoDB's own form, with the type of each value, so that nothing is lost. */
export type RawItem = Record<string, AttributeValue>

/** What identifies a record and its user. */
export type RecordIdentity = Pick<FaceRecord, 'userId' | 'faceId' | 'timestamp'>

/** Keys of one BatchGetItem, items of one BatchWriteItem: DynamoDB's own limits. */
const MOST_READ = 100
const MOST_WRITTEN = 25
const MOST_ATTEMPTS = 12

export interface MigrationClients { dynamodb: DynamoDBClient, documents: DynamoDBDocumentClient }

/** The reads and writes of a migration on the two designs' tables. */
export function createMigrationTables ({ dynamodb, documents }: MigrationClients) {
  /** Items by their keys, however many there are; unprocessed keys are requested again. */
  async function getAll (table: string, keys: readonly Record<string, string>[], projection: { text: string, names?: Record<string, string> }): Promise<Record<string, unknown>[]> {
    const found: Record<string, unknown>[] = []
    for (let from = 0; from < keys.length; from += MOST_READ) {
      let wanted: Record<string, unknown>[] = keys.slice(from, from + MOST_READ)
      for (let attempt = 1; wanted.length > 0; attempt++) {
        const { Responses, UnprocessedKeys } = await withTable(table, () => documents.send(new BatchGetCommand({
          RequestItems: { [table]: { Keys: wanted, ProjectionExpression: projection.text, ExpressionAttributeNames: projection.names, ConsistentRead: true } },
        })))
        found.push(...Responses?.[table] ?? [])
        wanted = UnprocessedKeys?.[table]?.Keys ?? []
        await pause(wanted.length, attempt, table)
      }
    }
    return found
  }

  return {
    /**
     * The names of a table's keys, HASH first, and its approximate number of items.
     * @throws {@link TableMissing}
     */
    async describe (table: string): Promise<{ keys: string[], items: number }> {
      const { Table } = await withTable(table, () => dynamodb.send(new DescribeTableCommand({ TableName: table })))
      if (!Table) throw new TableMissing(table)
      const { KeySchema = [], ItemCount = 0 } = Table
      return { keys: KeySchema.map(({ AttributeName = '' }) => AttributeName), items: ItemCount }
    },

    /** One Scan, strongly consistent; a user's items are adjacent, also across pages. */
    async page (table: string, startKey: RawItem | undefined, limit?: number): Promise<{ items: RawItem[], lastKey?: RawItem }> {
      const { Items = [], LastEvaluatedKey } = await withTable(table, () => dynamodb.send(new ScanCommand({
        TableName: table, ExclusiveStartKey: startKey, Limit: limit, ConsistentRead: true,
      })))
      return { items: Items, lastKey: LastEvaluatedKey }
    },

    /** Which of these users have an unexpired record, and which one, by user. */
    async recordsOf (table: string, userIds: readonly string[], now: number): Promise<Map<string, RecordIdentity>> {
      const found = await getAll(table, userIds.map((userId) => ({ userId })), {
        text: 'userId, faceId, #timestamp, expiresAt', names: { '#timestamp': 'timestamp' },
      })
      const live = found.filter(({ expiresAt }) => typeof expiresAt !== 'number' || expiresAt > now)
      return new Map(live.map((record) => [String(record.userId), record as RecordIdentity])) // of these names
    },

    /** Values that registrations have and validations lack, by registration. */
    async registrationsOf (table: string, registrationIds: readonly string[]): Promise<Map<string, Partial<Registration>>> {
      const found = await getAll(table, registrationIds.map((registrationId) => ({ registrationId })), {
        text: 'registrationId, eventId, #name, storedFaceKey, faceId', names: { '#name': 'name' },
      })
      return new Map(found.map((registration) => [String(registration.registrationId), registration]))
    },

    /**
     * One PutItem, on condition that no record of the user is as new or newer.
     *
     * @param now  epoch seconds; a record that has expired by then is none
     * @returns whether it was written
     */
    async put (table: string, record: FaceRecord, now: number): Promise<boolean> {
      return await unlessRefused(() => withTable(table, async () => {
        await documents.send(new PutCommand({
          TableName: table,
          Item: record,
          ConditionExpression: 'attribute_not_exists(userId) OR #timestamp < :timestamp OR expiresAt <= :now',
          ExpressionAttributeNames: { '#timestamp': 'timestamp' },
          ExpressionAttributeValues: { ':timestamp': record.timestamp, ':now': now },
        }))
        return true
      })) ?? false
    },

    /** Writes items as they are, over what is there under their keys. */
    async restore (table: string, items: readonly RawItem[]): Promise<void> {
      for (let from = 0; from < items.length; from += MOST_WRITTEN) {
        let wanted = items.slice(from, from + MOST_WRITTEN).map((Item) => ({ PutRequest: { Item } }))
        for (let attempt = 1; wanted.length > 0; attempt++) {
          const { UnprocessedItems } = await withTable(table, () => dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: wanted } })))
          wanted = (UnprocessedItems?.[table] ?? []) as typeof wanted // of those that were sent
          await pause(wanted.length, attempt, table)
        }
      }
    },
  }
}

export type MigrationTables = ReturnType<typeof createMigrationTables>

/** Waits before the rest of a batch is sent again, and gives up where that does not help. */
async function pause (left: number, attempt: number, table: string): Promise<void> {
  if (left === 0) return
  if (attempt === MOST_ATTEMPTS) throw new StoreBusy(`Table ${table}`)
  await backOff(attempt)
}
