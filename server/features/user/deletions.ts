import { createHash } from 'node:crypto'
import { GetCommand, PutCommand, QueryCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { throughConflicts, unlessRefused } from '../../aws/transact.ts'
import { isoTime, type Clock } from '../../core/clock.ts'
import { withTable } from '../../core/errors.ts'
import type { PageKey } from '../../core/page-token.ts'
import type { Counts } from './erasures/erasure.ts'
import type { Deletion } from './schemas.ts'
import { PENDING_INDEX } from './tables.ts'

/** A job that is done can be asked for as long. */
const KEPT_SECONDS = 30 * 86_400
/** The one hash key of PendingIndex. */
const PENDING = 'yes'

/** A job as it is stored. When it is done, nothing of it names the user: its key is a hash. */
interface StoredDeletion extends Omit<Deletion, 'userId'> {
  userHash: string
  userId?: string
  pending?: typeof PENDING
  /** Epoch ms from which another process may take the job. */
  leasedUntil?: number
  expiresAt?: number
}

/** Jobs: the feature's only caller of the table `user-deletions`. */
export function createDeletions ({ documents, table, clock }: { documents: DynamoDBDocumentClient, table: string, clock: Clock }) {
  const keyOf = (userId: string) => ({ userHash: createHash('sha256').update(userId).digest('hex') })

  function update (userId: string, { expression, condition = 'pending = :pending', names, values }: {
    expression: string
    condition?: string
    names?: Record<string, string>
    values?: Record<string, unknown>
  }): Promise<object | undefined> {
    return withTable(table, () => unlessRefused(() => throughConflicts(() => documents.send(new UpdateCommand({
      TableName: table,
      Key: keyOf(userId),
      UpdateExpression: expression,
      ConditionExpression: condition,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ':pending': PENDING, ...values },
    })))))
  }

  const deletions = {
    /** Access pattern "the deletion of a user": one GetItem, strongly consistent. */
    async get (userId: string): Promise<Deletion | undefined> {
      const { Item } = await withTable(table, () => documents.send(new GetCommand({ TableName: table, Key: keyOf(userId), ConsistentRead: true })))
      const stored = Item as StoredDeletion | undefined // only this writes here
      if (!stored || (stored.expiresAt !== undefined && stored.expiresAt * 1000 <= clock.now())) return undefined
      const { status, requestedAt, completedAt, deleted, lastError } = stored
      return { userId, status, requestedAt, completedAt, deleted, lastError }
    },

    /** Part of the access pattern "delete a user": a conditional PutItem. `false` when a job is pending already. */
    async request (userId: string): Promise<boolean> {
      const Item: StoredDeletion = { ...keyOf(userId), userId, status: 'pending', pending: PENDING, requestedAt: isoTime(clock.now()), deleted: {} }
      return await withTable(table, () => unlessRefused(() => throughConflicts(() => documents.send(new PutCommand({
        TableName: table, Item, ConditionExpression: 'attribute_not_exists(pending)',
      }))))) !== undefined
    },

    /** The users whose jobs are not done, those first that have waited longest: a Query on PendingIndex. */
    async pending (): Promise<string[]> {
      const users: string[] = []
      let startKey: PageKey | undefined
      do {
        const { Items = [], LastEvaluatedKey } = await withTable(table, () => documents.send(new QueryCommand({
          TableName: table,
          IndexName: PENDING_INDEX,
          KeyConditionExpression: 'pending = :pending',
          ExpressionAttributeValues: { ':pending': PENDING },
          ExclusiveStartKey: startKey,
        })))
        users.push(...(Items as StoredDeletion[]).flatMap(({ userId }) => userId ?? []))
        startKey = LastEvaluatedKey
      } while (startKey)
      return users
    },

    /** Takes a job for as long as `leaseMs`. `undefined` when another process has it, or it is done. */
    async take (userId: string, { leaseMs, evenLeased }: { leaseMs: number, evenLeased: boolean }): Promise<Deletion | undefined> {
      const now = clock.now()
      const isTaken = await update(userId, {
        expression: 'SET leasedUntil = :until',
        condition: `pending = :pending${evenLeased ? '' : ' AND (attribute_not_exists(leasedUntil) OR leasedUntil <= :now)'}`,
        values: { ':until': now + leaseMs, ...!evenLeased && { ':now': now } },
      })
      return isTaken && await deletions.get(userId)
    },

    /** Notes that a feature is done, and renews the lease. */
    async note (userId: string, { feature, counts, leaseMs }: { feature: string, counts: Counts, leaseMs: number }): Promise<void> {
      await update(userId, {
        expression: 'SET deleted.#feature = :counts, leasedUntil = :until REMOVE lastError',
        names: { '#feature': feature },
        values: { ':counts': counts, ':until': clock.now() + leaseMs },
      })
    },

    /** Notes why an attempt ended, and gives the job back. */
    async fail (userId: string, code: string): Promise<void> {
      await update(userId, { expression: 'SET lastError = :code REMOVE leasedUntil', values: { ':code': code } })
    },

    /** Ends a job, and forgets whose it was. */
    async complete (userId: string): Promise<void> {
      await update(userId, {
        expression: 'SET #status = :completed, completedAt = :at, expiresAt = :end REMOVE pending, userId, leasedUntil, lastError',
        names: { '#status': 'status' },
        values: { ':completed': 'completed', ':at': isoTime(clock.now()), ':end': Math.floor(clock.now() / 1000) + KEPT_SECONDS },
      })
    },
  }
  return deletions
}

export type Deletions = ReturnType<typeof createDeletions>
