import type { TableDefinition } from '../../aws/tables.ts'
import type { Config } from '../../config.ts'

/** `eventId`, then `createdAt`: an event's registrations, oldest first. */
export const EVENT_INDEX = 'EventIndex'
/** `userId`, then `createdAt`: a user's registrations. */
export const USER_INDEX = 'UserIndex'
/** The TTL attribute of a face record (epoch seconds); records bear it only while FACE_RECORD_TTL_DAYS is above 0. */
export const FACE_RECORD_TTL_ATTRIBUTE = 'expiresAt'

/** The tables of events, registrations and face records in the one-record design (seed 001). */
export function faceTables ({ tables }: Pick<Config['face'], 'tables'>): TableDefinition[] {
  return [
    {
      // Get, exists and validate-before-creation: GetItem. Create: TransactWriteItems. Update and delete: one
      // conditional call. Admin list and dashboard: Scan. The hash key alone is what makes a second record impossible.
      name: tables.faces,
      input: {
        TableName: tables.faces,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'userId', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }],
      },
      timeToLiveAttribute: FACE_RECORD_TTL_ATTRIBUTE,
      pointInTimeRecovery: true,
    },
    {
      // One registration: GetItem. An event's registrations, and the oldest waiting one: Query on EventIndex.
      // A user's registrations: Query on UserIndex. The items that guard "one registration a user and event" bear
      // none of the index keys, so that no index holds them.
      name: tables.registrations,
      input: {
        TableName: tables.registrations,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'registrationId', AttributeType: 'S' },
          { AttributeName: 'eventId', AttributeType: 'S' },
          { AttributeName: 'userId', AttributeType: 'S' },
          { AttributeName: 'createdAt', AttributeType: 'S' },
        ],
        KeySchema: [{ AttributeName: 'registrationId', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [
          {
            IndexName: EVENT_INDEX,
            KeySchema: [{ AttributeName: 'eventId', KeyType: 'HASH' }, { AttributeName: 'createdAt', KeyType: 'RANGE' }],
            Projection: { ProjectionType: 'ALL' },
          },
          {
            IndexName: USER_INDEX,
            KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }, { AttributeName: 'createdAt', KeyType: 'RANGE' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      },
      pointInTimeRecovery: true,
    },
    {
      // One event with its counts of places: GetItem, and an Update in every transaction that takes or frees a place.
      name: tables.events,
      input: {
        TableName: tables.events,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'eventId', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'eventId', KeyType: 'HASH' }],
      },
      pointInTimeRecovery: true,
    },
  ]
}
