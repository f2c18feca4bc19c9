import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { unlessRefused } from '../../../aws/transact.ts'
import type { Clock } from '../../../core/clock.ts'
import { emailTokenKey, ownedPartition } from '../tables.ts'
import { read, write, type ChatStore } from './store.ts'

/** A token as it is stored: without its secret, only with what verifies it. */
export interface StoredEmailToken {
  purpose: string
  /** The part of the token that finds the item. */
  tokenId: string
  /** SHA-256, base64url. */
  secretHash: string
  userId: string
  email: string
  /** Epoch seconds. */
  expiresAt: number
}

/** Tokens that are valid once. */
export function createEmailTokens (store: ChatStore, clock: Clock) {
  const { documents, table } = store
  const now = () => Math.floor(clock.now() / 1000)

  return {
    /** Access pattern "issue a token": one PutItem, which also writes the index. */
    async create ({ purpose, tokenId, ...token }: StoredEmailToken): Promise<void> {
      const key = emailTokenKey(purpose, tokenId)
      await write(store, () => documents.send(new PutCommand({ TableName: table, Item: { ...key, GSI1PK: ownedPartition(token.userId), GSI1SK: key.PK, ...token } })))
    },

    /** First half of the access pattern "consume a token": one GetItem. `undefined` also for one that has expired. */
    async get (purpose: string, tokenId: string): Promise<StoredEmailToken | undefined> {
      const { Item } = await read(store, () => documents.send(new GetCommand({ TableName: table, Key: emailTokenKey(purpose, tokenId), ConsistentRead: true })))
      const stored = Item as Omit<StoredEmailToken, 'purpose' | 'tokenId'> | undefined // only create() writes here
      return stored && stored.expiresAt > now() ? { purpose, tokenId, ...stored } : undefined
    },

    /** Second half: one conditional DeleteItem. Of any number of concurrent requests, one gets `true`. */
    async take ({ purpose, tokenId, secretHash }: StoredEmailToken): Promise<boolean> {
      return await unlessRefused(async () => {
        await write(store, () => documents.send(new DeleteCommand({
          TableName: table,
          Key: emailTokenKey(purpose, tokenId),
          ConditionExpression: 'secretHash = :hash AND expiresAt > :now',
          ExpressionAttributeValues: { ':hash': secretHash, ':now': now() },
        })))
        return true
      }) ?? false
    },
  }
}

export type EmailTokens = ReturnType<typeof createEmailTokens>
