import type { TableDefinition } from '../../aws/tables.ts'
import type { Config } from '../../config.ts'

/** `user_id`, then `created_at`: a user's reports. */
export const USER_REPORTS_INDEX = 'UserReportsIndex'
/** `model_version`, then `created_at`: the embeddings of a model. */
export const MODEL_VERSION_INDEX = 'ModelVersionIndex'

/** The tables of users, reports and embeddings of one environment (seed 003). */
export function reportTables ({ tables }: Config['report']): TableDefinition[] {
  return [
    {
      // The caller's profile: GetItem. Create or update it: UpdateItem.
      name: tables.users,
      input: {
        TableName: tables.users,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'user_id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'user_id', KeyType: 'HASH' }],
      },
      pointInTimeRecovery: true,
    },
    {
      // One report: GetItem. Create: PutItem. Replace, change, delete: one call on condition that it is the caller's.
      // A user's reports, newest first: Query on UserReportsIndex.
      name: tables.reports,
      input: {
        TableName: tables.reports,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'user_id', AttributeType: 'S' },
          { AttributeName: 'created_at', AttributeType: 'S' },
        ],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [{
          IndexName: USER_REPORTS_INDEX,
          KeySchema: [{ AttributeName: 'user_id', KeyType: 'HASH' }, { AttributeName: 'created_at', KeyType: 'RANGE' }],
          Projection: { ProjectionType: 'ALL' },
        }],
      },
      pointInTimeRecovery: true,
    },
    {
      // One embedding: GetItem. Store: GetItem of its model's dimension, PutItem. Delete: one conditional DeleteItem.
      // The embeddings of a model, and who is like whom: Query on ModelVersionIndex. The items that hold a model's
      // dimension have none of the index's keys, so that it does not hold them.
      name: tables.embeddings,
      input: {
        TableName: tables.embeddings,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'product_id', AttributeType: 'S' },
          { AttributeName: 'model_version', AttributeType: 'S' },
          { AttributeName: 'created_at', AttributeType: 'S' },
        ],
        KeySchema: [{ AttributeName: 'product_id', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [{
          IndexName: MODEL_VERSION_INDEX,
          KeySchema: [{ AttributeName: 'model_version', KeyType: 'HASH' }, { AttributeName: 'created_at', KeyType: 'RANGE' }],
          Projection: { ProjectionType: 'ALL' },
        }],
      },
      pointInTimeRecovery: true,
    },
  ]
}
