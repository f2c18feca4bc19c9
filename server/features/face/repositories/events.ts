import { GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { PageKey } from '../../../core/page-token.ts'
import type { Event } from '../schemas.ts'
import { METERED, read, write, type FaceStore, type TransactionPart } from './store.ts'

/** How a place is taken or freed: the change of the event's counts, and its condition. */
const CHANGES = {
  /** A new registration gets a place. */
  takePlace: { counter: 'registeredCount', by: 1, condition: 'attribute_exists(eventId) AND registeredCount < #capacity' },
  /** A new registration waits: only while no place is free. */
  joinWaitlist: { counter: 'waitlistedCount', by: 1, condition: 'attribute_exists(eventId) AND registeredCount >= #capacity' },
  /** A user leaves the waiting list, for a place that was freed in the same transaction, or by cancelling. */
  leaveWaitlist: { counter: 'waitlistedCount', by: -1, condition: 'waitlistedCount > :none' },
  /** A place becomes free: only while no user waits for it. */
  freePlace: { counter: 'registeredCount', by: -1, condition: 'waitlistedCount = :none' },
} as const

export type PlaceChange = keyof typeof CHANGES

/** Events and their counts of places: the feature's only caller of the table `events`. */
export function createEvents (store: FaceStore, table: string) {
  const { documents } = store
  return {
    /** Access pattern "create an event": one PutItem. */
    async create (event: Event): Promise<void> {
      await write(store, table, () => documents.send(new PutCommand({ ...this.creation(event).Put, ...METERED })))
    },

    /** The same as part of a transaction. */
    creation (event: Event) {
      return { Put: { TableName: table, Item: event, ConditionExpression: 'attribute_not_exists(eventId)' } }
    },

    /** Access pattern "one event": one GetItem, strongly consistent, since places are assigned by it. */
    async get (eventId: string): Promise<Event | undefined> {
      const { Item } = await read(store, table, () => documents.send(new GetCommand({
        TableName: table, Key: { eventId }, ConsistentRead: true, ...METERED,
      })))
      return Item as Event | undefined // only create() and change() write here
    },

    /** Access pattern "list events": one Scan a page, since the table has no other key than the id. */
    async list ({ limit, startKey }: { limit: number, startKey?: PageKey }): Promise<{ items: Event[], lastKey?: PageKey }> {
      const { Items = [], LastEvaluatedKey } = await read(store, table, () => documents.send(new ScanCommand({
        TableName: table, Limit: limit, ExclusiveStartKey: startKey, ...METERED,
      })))
      return { items: Items as Event[], lastKey: LastEvaluatedKey } // see get()
    },

    /** Part of the access patterns "register" and "cancel": the conditional count of places. */
    change (eventId: string, change: PlaceChange, at: string): TransactionPart {
      const { counter, by, condition } = CHANGES[change]
      return {
        Update: {
          TableName: table,
          Key: { eventId },
          UpdateExpression: 'SET updatedAt = :at ADD #counter :by',
          ConditionExpression: condition,
          ExpressionAttributeNames: { '#counter': counter, ...(condition.includes('#capacity') && { '#capacity': 'capacity' }) },
          ExpressionAttributeValues: { ':at': at, ':by': by, ...(condition.includes(':none') && { ':none': 0 }) },
        },
      }
    },
  }
}

export type Events = ReturnType<typeof createEvents>
