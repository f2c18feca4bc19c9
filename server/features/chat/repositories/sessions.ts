import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { unlessRefused } from '../../../aws/transact.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Session } from '../schemas.ts'
import { idIn, ownedPartition, sessionKey } from '../tables.ts'
import { read, write, type ChatStore } from './store.ts'

type StoredSession = Omit<Session, 'sessionId'> & { PK: string }

/** Sessions, which expire. */
export function createSessions (store: ChatStore, clock: Clock) {
  const { documents, table } = store
  const now = () => Math.floor(clock.now() / 1000)

  return {
    /** Access pattern "start a session": one PutItem, which also writes the index. */
    async create ({ sessionId, ...session }: Session): Promise<void> {
      const key = sessionKey(sessionId)
      await write(store, () => documents.send(new PutCommand({ TableName: table, Item: { ...key, GSI1PK: ownedPartition(session.userId), GSI1SK: key.PK, ...session } })))
    },

    /** Access pattern "one session": one GetItem. `undefined` also if it has expired or is another user's. */
    async get (userId: string, sessionId: string): Promise<Session | undefined> {
      const { Item } = await read(store, () => documents.send(new GetCommand({ TableName: table, Key: sessionKey(sessionId) })))
      const stored = Item as StoredSession | undefined // only create() writes here
      if (stored?.userId !== userId || stored.expiresAt <= now()) return undefined
      return { sessionId: idIn(stored.PK), userId, createdAt: stored.createdAt, expiresAt: stored.expiresAt }
    },

    /** Access pattern "end a session": one conditional DeleteItem. `false` if there was none. */
    async remove (userId: string, sessionId: string): Promise<boolean> {
      return await unlessRefused(async () => {
        await write(store, () => documents.send(new DeleteCommand({
          TableName: table,
          Key: sessionKey(sessionId),
          ConditionExpression: 'userId = :user AND expiresAt > :now',
          ExpressionAttributeValues: { ':user': userId, ':now': now() },
        })))
        return true
      }) ?? false
    },
  }
}

export type Sessions = ReturnType<typeof createSessions>
