import type { TableDefinition } from '../../aws/tables.ts'
import type { Config } from '../../config.ts'

/** `pending`, then `requestedAt`: the jobs that are not done. A job that is done has no `pending`, and is not in it. */
export const PENDING_INDEX = 'PendingIndex'
/** The TTL attribute (epoch seconds) of jobs that are done. */
export const TTL_ATTRIBUTE = 'expiresAt'

/** The jobs that delete users. */
export function userTables ({ tables: { deletions } }: Config['user']): TableDefinition[] {
  return [{
    // Request: a conditional PutItem. One job: GetItem. Take, note progress, finish: conditional UpdateItem. What is to
    // be done: Query on PendingIndex.
    name: deletions,
    input: {
      TableName: deletions,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['userHash', 'pending', 'requestedAt'].map((name) => ({ AttributeName: name, AttributeType: 'S' as const })),
      KeySchema: [{ AttributeName: 'userHash', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [{
        IndexName: PENDING_INDEX,
        KeySchema: [{ AttributeName: 'pending', KeyType: 'HASH' }, { AttributeName: 'requestedAt', KeyType: 'RANGE' }],
        Projection: { ProjectionType: 'ALL' },
      }],
    },
    timeToLiveAttribute: TTL_ATTRIBUTE,
    pointInTimeRecovery: true,
  }]
}
