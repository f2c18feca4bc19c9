import type { TableDefinition } from '../../aws/tables.ts'
import type { Config } from '../../config.ts'

/** `eventId`, then `createdAt`: an event's registrations, oldest first. */
export const EVENT_INDEX = 'EventIndex'
/** `userId`, then `createdAt`: a user's registrations. */
export const USER_INDEX = 'UserIndex'
/** Of the history, `eventId`, then `timestamp`: an event's validations. */
export const HISTORY_EVENT_INDEX = 'EventIndex'
/** `userId`, then `timestamp`: a user's validations by time, since the ids of registrations need not sort by it. */
export const TIME_INDEX = 'ByTimestamp'
/** The TTL attribute of a validation (epoch seconds). */
export const HISTORY_TTL_ATTRIBUTE = 'expiresAt'
/** The TTL attribute of a face record (epoch seconds); records have it only while FACE_RECORD_TTL_DAYS is above 0. */
export const FACE_RECORD_TTL_ATTRIBUTE = 'expiresAt'

type TableNames = Config['face']['tables']

/** The tables of events, of registrations, and of the design that is chosen. */
export function faceTables ({ tables, design }: Pick<Config['face'], 'tables' | 'design'>): TableDefinition[] {
  return [
    DESIGN_TABLES[design](tables),
    {
      // One registration: GetItem. An event's registrations, and the oldest waiting one: Query on EventIndex.
      // A user's registrations: Query on UserIndex. The items that guard "one registration a user and event" have
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
      // All events: Scan. An index for their list would have one partition, and every place that is taken would write to it.
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

/**
 * Face records, one a user (seed 001). Get, exists and validate-before-creation: GetItem. Create: TransactWriteItems.
 * Update and delete: one conditional call. Admin list and dashboard: Scan. The hash key alone is what makes a second
 * record impossible.
 */
export function recordTable (tables: TableNames): TableDefinition {
  return {
    name: tables.faces,
    input: {
      TableName: tables.faces,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'userId', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }],
    },
    timeToLiveAttribute: FACE_RECORD_TTL_ATTRIBUTE,
    pointInTimeRecovery: true,
  }
}

/**
 * Validations, one a registration, kept for 30 days (seed 000). One validation: GetItem. A user's history and whether
 * there is a recent one: Query on ByTimestamp. A user's statistics: Query. An event's validations: Query on EventIndex.
 * Create: TransactWriteItems, or UpdateItem for an attempt that failed.
 */
export function historyTable (tables: TableNames): TableDefinition {
  return {
    name: tables.history,
    input: {
      TableName: tables.history,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'userId', AttributeType: 'S' },
        { AttributeName: 'registrationId', AttributeType: 'S' },
        { AttributeName: 'timestamp', AttributeType: 'S' },
        { AttributeName: 'eventId', AttributeType: 'S' },
      ],
      KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }, { AttributeName: 'registrationId', KeyType: 'RANGE' }],
      LocalSecondaryIndexes: [{
        IndexName: TIME_INDEX,
        KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }, { AttributeName: 'timestamp', KeyType: 'RANGE' }],
        Projection: { ProjectionType: 'ALL' },
      }],
      GlobalSecondaryIndexes: [{
        IndexName: HISTORY_EVENT_INDEX,
        KeySchema: [{ AttributeName: 'eventId', KeyType: 'HASH' }, { AttributeName: 'timestamp', KeyType: 'RANGE' }],
        Projection: { ProjectionType: 'ALL' },
      }],
    },
    timeToLiveAttribute: HISTORY_TTL_ATTRIBUTE,
    pointInTimeRecovery: true,
  }
}

/** Each design's own table. */
const DESIGN_TABLES: Readonly<Record<Config['face']['design'], (tables: TableNames) => TableDefinition>> = { single: recordTable, history: historyTable }
