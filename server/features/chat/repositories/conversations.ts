import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { TransactionPart } from '../../../aws/transact.ts'
import type { PageKey } from '../../../core/page-token.ts'
import type { Conversation } from '../schemas.ts'
import { ACTIVITY_AND_DAY_INDEX, conversationKey, conversationPartition, dayPartition, idIn } from '../tables.ts'
import { read, type ChatStore } from './store.ts'

/** The item of a conversation itself. */
export interface StoredConversation extends Omit<Conversation, 'conversationId'> {
  PK: string
  SK: string
  /** When its deletion began. From then on it is hidden, and not in the index. */
  deletingAt?: string
}

/** Conversations by themselves; a user's list of them is in another repository. */
export function createConversations (store: ChatStore) {
  const { documents, table } = store
  return {
    /** Access pattern "one conversation": one GetItem. */
    async get (userId: string, conversationId: string): Promise<Conversation | undefined> {
      const { Item } = await read(store, () => documents.send(new GetCommand({ TableName: table, Key: conversationKey(conversationId) })))
      return shownTo(userId, Item as StoredConversation | undefined) // only creation() and deletion() write here
    },

    /**
     * Access pattern "conversations of a day": one Query on the index for each MB, which takes some 3,000 of them.
     *
     * @param day  YYYY-MM-DD
     * @yields pages, in the order in which the conversations began
     */
    async * startedOn (day: string): AsyncGenerator<Conversation[]> {
      let startKey: PageKey | undefined
      do {
        const { Items = [], LastEvaluatedKey } = await read(store, () => documents.send(new QueryCommand({
          TableName: table,
          IndexName: ACTIVITY_AND_DAY_INDEX,
          KeyConditionExpression: 'GSI1PK = :day',
          ExpressionAttributeValues: { ':day': dayPartition(day) },
          ExclusiveStartKey: startKey,
        })))
        yield (Items as StoredConversation[]).map(shown) // nothing else has such a key
        startKey = LastEvaluatedKey
      } while (startKey)
    },

    /** Part of "start a conversation". */
    creation ({ conversationId, userId, title, startedAt }: Conversation): TransactionPart {
      return {
        Put: {
          TableName: table,
          Item: {
            ...conversationKey(conversationId),
            GSI1PK: dayPartition(startedAt.slice(0, 'YYYY-MM-DD'.length)),
            GSI1SK: conversationPartition(conversationId),
            userId,
            title,
            startedAt,
          },
          ConditionExpression: 'attribute_not_exists(PK)',
        },
      }
    },

    /** First part of "delete a conversation": removes it from the index, and hides it. */
    deletion (conversationId: string, at: string): TransactionPart {
      return {
        Update: {
          TableName: table,
          Key: conversationKey(conversationId),
          UpdateExpression: 'SET deletingAt = :at REMOVE GSI1PK, GSI1SK',
          ConditionExpression: 'attribute_exists(PK)',
          ExpressionAttributeValues: { ':at': at },
        },
      }
    },

    /** Last part of "delete a conversation". */
    removal (conversationId: string): TransactionPart {
      return { Delete: { TableName: table, Key: conversationKey(conversationId) } }
    },
  }
}

export type Conversations = ReturnType<typeof createConversations>

/** A conversation as its own user sees it; for all others, and while it is being deleted, there is none. */
export function shownTo (userId: string, stored: StoredConversation | undefined): Conversation | undefined {
  return stored && stored.userId === userId && stored.deletingAt === undefined ? shown(stored) : undefined
}

function shown ({ PK, userId, title, startedAt }: StoredConversation): Conversation {
  return { conversationId: idIn(PK), userId, title, startedAt }
}
