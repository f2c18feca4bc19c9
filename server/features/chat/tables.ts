import type { TableDefinition } from '../../aws/tables.ts'
import type { Config } from '../../config.ts'
import { keyPart } from '../../core/ids.ts'

/** `USER#id` by last activity: a user's conversations. `OWNED#id`: a user's sessions and tokens. `DATE#day` by `CONV#id`: everybody's that began on a day. */
export const ACTIVITY_AND_DAY_INDEX = 'GSI1PK-GSI1SK-index'
/** The TTL attribute of sessions and tokens (epoch seconds). No other item has it. */
export const TTL_ATTRIBUTE = 'expiresAt'
/** The sort keys of a conversation's messages begin with it, and end with their time. */
export const MESSAGE_PREFIX = 'MSG#'

// A key holds one id, which comes last, so that no id of one kind makes a key of another.

export const userPartition = (userId: string) => `USER#${userId}`
/** Ids of conversations are the server's own; whatever else is asked for has to fit into a sort key (1,024 bytes). */
export const conversationPartition = (conversationId: string) => `CONV#${keyPart(conversationId)}`
/** In the index: what else is a user's, which are sessions and tokens. */
export const ownedPartition = (userId: string) => `OWNED#${userId}`
/** @param day  YYYY-MM-DD */
export const dayPartition = (day: string) => `DATE#${day}`

export const profileKey = (userId: string) => ({ PK: userPartition(userId), SK: 'PROFILE' })
/** Of a conversation in its user's list. That it is the user's is part of the key. */
export const entryKey = (userId: string, conversationId: string) => ({ PK: userPartition(userId), SK: conversationPartition(conversationId) })
export const conversationKey = (conversationId: string) => ({ PK: conversationPartition(conversationId), SK: 'METADATA' })
/** @param timestamp  ISO 8601 with milliseconds, which sorts as time does */
export const messageKey = (conversationId: string, timestamp: string) =>
  ({ PK: conversationPartition(conversationId), SK: MESSAGE_PREFIX + timestamp })
export const sessionKey = (sessionId: string) => ({ PK: `SESSION#${sessionId}`, SK: 'DATA' })
export const emailTokenKey = (purpose: string, tokenId: string) => ({ PK: `TOKEN#${purpose}-${tokenId}`, SK: 'EMAIL' })

/** The conversation that an entry of a user's list is of; `undefined` for another sort key of that partition. */
export const conversationIdOf = (sortKey: string) => sortKey.startsWith('CONV#') ? idIn(sortKey) : undefined

/** What of a key comes after its kind: `CONV#a` gives `a`. */
export const idIn = (key: string): string => key.slice(key.indexOf('#') + 1)

/** The one table of the learning navigator (seed 004). */
export function chatTables ({ tables: { chat } }: Pick<Config['chat'], 'tables'>): TableDefinition[] {
  return [{
    // Profile, conversation, one message, session: GetItem. Messages, and a conversation with its first messages: Query
    // on the table. A user's conversations, and those of a day: Query on the index. New conversation, new message,
    // beginning and end of a deletion: TransactWriteItems. A token: GetItem and a conditional DeleteItem.
    name: chat,
    input: {
      TableName: chat,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['PK', 'SK', 'GSI1PK', 'GSI1SK'].map((name) => ({ AttributeName: name, AttributeType: 'S' as const })),
      KeySchema: [{ AttributeName: 'PK', KeyType: 'HASH' }, { AttributeName: 'SK', KeyType: 'RANGE' }],
      GlobalSecondaryIndexes: [{
        IndexName: ACTIVITY_AND_DAY_INDEX,
        KeySchema: [{ AttributeName: 'GSI1PK', KeyType: 'HASH' }, { AttributeName: 'GSI1SK', KeyType: 'RANGE' }],
        Projection: { ProjectionType: 'ALL' },
      }],
    },
    timeToLiveAttribute: TTL_ATTRIBUTE,
    pointInTimeRecovery: true,
    recoveryDays: 35,
  }]
}
