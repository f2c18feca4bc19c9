import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { unlessRefused, type TransactionPart } from '../../../aws/transact.ts'
import type { PageKey } from '../../../core/page-token.ts'
import type { Conversation, ConversationEntry, Message } from '../schemas.ts'
import { ACTIVITY_AND_DAY_INDEX, entryKey, idIn, userPartition } from '../tables.ts'
import { read, write, type ChatStore } from './store.ts'

/** Characters of a message in the list: the entry is rewritten with every message, and should stay within 1 KB. */
const PREVIEW_CHARACTERS = 200

/** The item of a conversation in its user's list. */
export interface StoredEntry extends Omit<ConversationEntry, 'conversationId' | 'lastActivityAt'> {
  PK: string
  SK: string
  /** The time of last activity. Missing while the conversation is being deleted. */
  GSI1SK: string
  deletingAt?: string
}

/** Only its own user's key leads to an entry, so a write on this condition needs no other ownership check. */
const LIVE = 'attribute_exists(PK) AND attribute_not_exists(deletingAt)'

/** The list of each user's conversations, with the last message and the unread count. */
export function createEntries (store: ChatStore) {
  const { documents, table } = store
  return {
    /** Access pattern "conversations of a user", latest activity first: one Query on the index. */
    async list (query: { userId: string, limit: number, startKey?: PageKey }): Promise<{ items: ConversationEntry[], lastKey?: PageKey }> {
      const { Items = [], LastEvaluatedKey } = await read(store, () => documents.send(new QueryCommand({
        TableName: table,
        IndexName: ACTIVITY_AND_DAY_INDEX,
        KeyConditionExpression: 'GSI1PK = :user',
        ExpressionAttributeValues: { ':user': userPartition(query.userId) },
        ScanIndexForward: false,
        Limit: query.limit,
        ExclusiveStartKey: query.startKey,
      })))
      return { items: (Items as StoredEntry[]).map(shown), lastKey: LastEvaluatedKey } // a user's only items in the index
    },

    /** Access pattern "mark as read": one conditional UpdateItem. `undefined` if the user has no such conversation. */
    async markRead (userId: string, conversationId: string): Promise<ConversationEntry | undefined> {
      return await unlessRefused(async () => {
        const { Attributes } = await write(store, () => documents.send(new UpdateCommand({
          TableName: table,
          Key: entryKey(userId, conversationId),
          UpdateExpression: 'SET unread = :none',
          ConditionExpression: LIVE,
          ExpressionAttributeValues: { ':none': 0 },
          ReturnValues: 'ALL_NEW',
        })))
        return shown(Attributes as StoredEntry) // the condition ensures that it is an entry
      })
    },

    /** Part of "start a conversation". */
    creation ({ conversationId, userId, title, startedAt }: Conversation): TransactionPart {
      return {
        Put: {
          TableName: table,
          Item: { ...entryKey(userId, conversationId), GSI1PK: userPartition(userId), GSI1SK: startedAt, title, startedAt, unread: 0 },
          ConditionExpression: 'attribute_not_exists(PK)',
        },
      }
    },

    /**
     * Part of "new message", on condition that the user has this conversation, and that it has no later message: so
     * messages are in the order in which they were accepted, and the list has the last one. A failed condition returns the entry.
     */
    activity (userId: string, { conversationId, timestamp, role, content }: Message): TransactionPart {
      return {
        Update: {
          TableName: table,
          Key: entryKey(userId, conversationId),
          UpdateExpression: 'SET lastMessage = :message, GSI1SK = :at ADD unread :unread',
          ConditionExpression: `${LIVE} AND (attribute_not_exists(lastMessage) OR lastMessage.#timestamp < :at)`,
          ExpressionAttributeNames: { '#timestamp': 'timestamp' },
          ExpressionAttributeValues: {
            ':message': { timestamp, role, content: [...content.slice(0, 2 * PREVIEW_CHARACTERS)].slice(0, PREVIEW_CHARACTERS).join('') },
            ':at': timestamp,
            // A user's own messages are not unread.
            ':unread': role === 'user' ? 0 : 1,
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      }
    },

    /** First part of "delete a conversation": no message is accepted any more, and no list shows it. */
    deletion (userId: string, conversationId: string, at: string): TransactionPart {
      return {
        Update: {
          TableName: table,
          Key: entryKey(userId, conversationId),
          UpdateExpression: 'SET deletingAt = :at REMOVE GSI1PK, GSI1SK',
          ConditionExpression: 'attribute_exists(PK)',
          ExpressionAttributeValues: { ':at': at },
        },
      }
    },

    /** Last part of "delete a conversation". */
    removal (userId: string, conversationId: string): TransactionPart {
      return { Delete: { TableName: table, Key: entryKey(userId, conversationId) } }
    },
  }
}

export type Entries = ReturnType<typeof createEntries>

function shown ({ SK, GSI1SK, title, startedAt, unread, lastMessage }: StoredEntry): ConversationEntry {
  return { conversationId: idIn(SK), title, startedAt, lastActivityAt: GSI1SK, unread, lastMessage }
}
