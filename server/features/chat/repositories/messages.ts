import { BatchWriteCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { backOff, type TransactionPart } from '../../../aws/transact.ts'
import type { PageKey } from '../../../core/page-token.ts'
import type { Conversation, Message } from '../schemas.ts'
import { conversationKey, conversationPartition, idIn, MESSAGE_PREFIX, messageKey } from '../tables.ts'
import { shownTo, type StoredConversation } from './conversations.ts'
import { read, write, type ChatStore } from './store.ts'

/** The item of a message. */
interface StoredMessage extends Omit<Message, 'conversationId' | 'timestamp'> {
  PK: string
  SK: string
  /** The owner of its conversation, so that a page shows it without another read. */
  userId: string
}

/** AWS's limit of one BatchWriteItem. */
const BATCH = 25
const BATCHES_AT_ONCE = 4
/** Pauses while DynamoDB leaves much unprocessed; three seconds at most in total. */
const MOST_PAUSES = 16

export interface MessagesQuery { userId: string, conversationId: string, order: 'asc' | 'desc', limit: number, startKey?: PageKey }

/** Messages, in the order of their times. */
export function createMessages (store: ChatStore) {
  const { documents, table } = store
  return {
    /**
     * Access pattern "messages of a conversation": one Query. A page is shorter than its limit if its messages
     * exceed 1 MB.
     * @returns `undefined` if they are another user's
     */
    async list ({ userId, conversationId, order, limit, startKey }: MessagesQuery): Promise<{ items: Message[], lastKey?: PageKey } | undefined> {
      const { Items = [], LastEvaluatedKey } = await read(store, () => documents.send(new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'PK = :conversation AND begins_with(SK, :messages)',
        ExpressionAttributeValues: { ':conversation': conversationPartition(conversationId), ':messages': MESSAGE_PREFIX },
        ScanIndexForward: order === 'asc',
        Limit: limit,
        ExclusiveStartKey: startKey,
      })))
      const items = Items as StoredMessage[] // by their keys
      return items.some((item) => item.userId !== userId) ? undefined : { items: items.map(shown), lastKey: LastEvaluatedKey }
    },

    /**
     * Access pattern "a conversation with its first messages": one Query, since the conversation's own item sorts
     * before its messages.
     * @returns `undefined` if the user has no such conversation
     */
    async withConversation ({ userId, conversationId, limit }: Omit<MessagesQuery, 'order' | 'startKey'>):
    Promise<{ conversation: Conversation, items: Message[], lastKey?: PageKey } | undefined> {
      const { Items: [first, ...rest] = [], LastEvaluatedKey } = await read(store, () => documents.send(new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'PK = :conversation',
        ExpressionAttributeValues: { ':conversation': conversationPartition(conversationId) },
        Limit: 1 + limit,
      })))
      const isConversation = first?.SK === conversationKey(conversationId).SK
      const conversation = shownTo(userId, isConversation ? first as StoredConversation : undefined) // by its key
      return conversation && { conversation, items: (rest as StoredMessage[]).map(shown), lastKey: LastEvaluatedKey } // by their keys
    },

    /** Access pattern "one message": one GetItem. `undefined` also if it is another user's. */
    async get ({ userId, conversationId, timestamp }: { userId: string, conversationId: string, timestamp: string }): Promise<Message | undefined> {
      const { Item } = await read(store, () => documents.send(new GetCommand({ TableName: table, Key: messageKey(conversationId, timestamp) })))
      const stored = Item as StoredMessage | undefined // by its key
      return stored?.userId === userId ? shown(stored) : undefined
    },

    /** Part of "new message", on condition that its millisecond is free. */
    creation (userId: string, { conversationId, timestamp, ...said }: Message): TransactionPart {
      return {
        Put: {
          TableName: table,
          Item: { ...messageKey(conversationId, timestamp), userId, ...said },
          ConditionExpression: 'attribute_not_exists(PK)',
        },
      }
    },

    /**
     * Part of the access pattern "delete a conversation": a strongly consistent Query for the keys, and a BatchWriteItem
     * for every 25, repeatedly. The next Query finds unprocessed items.
     * @param most  messages to delete
     * @returns how many were deleted, and whether none is left
     * @throws 503 DynamoDB accepts no writes at all
     */
    async deleteAll (conversationId: string, most: number): Promise<{ deleted: number, complete: boolean }> {
      let deleted = 0
      for (let pauses = 0; deleted < most && pauses < MOST_PAUSES;) {
        const { Items = [], LastEvaluatedKey } = await read(store, () => documents.send(new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'PK = :conversation AND begins_with(SK, :messages)',
          ExpressionAttributeValues: { ':conversation': conversationPartition(conversationId), ':messages': MESSAGE_PREFIX },
          ProjectionExpression: 'PK, SK',
          ConsistentRead: true,
          Limit: Math.min(BATCH * BATCHES_AT_ONCE, most - deleted),
        })))
        const left = await deleteKeys(Items)
        deleted += Items.length - left
        if (left === 0 && !LastEvaluatedKey) return { deleted, complete: true }
        if (left > 0) await backOff(++pauses)
      }
      return { deleted, complete: false }
    },
  }

  /** @returns how many DynamoDB left unprocessed */
  async function deleteKeys (keys: Record<string, unknown>[]): Promise<number> {
    const batches = Array.from({ length: Math.ceil(keys.length / BATCH) }, (_, index) => keys.slice(index * BATCH, (index + 1) * BATCH))
    const left = await Promise.all(batches.map(async (batch) => {
      const { UnprocessedItems } = await write(store, () => documents.send(new BatchWriteCommand({
        RequestItems: { [table]: batch.map((Key) => ({ DeleteRequest: { Key } })) },
      })))
      return UnprocessedItems?.[table]?.length ?? 0
    }))
    return left.reduce((sum, count) => sum + count, 0)
  }
}

export type Messages = ReturnType<typeof createMessages>

function shown ({ PK, SK, role, content, citations }: StoredMessage): Message {
  return { conversationId: idIn(PK), timestamp: idIn(SK), role, content, citations }
}
