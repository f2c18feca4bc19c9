import { GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { keyPart } from '../../../core/ids.ts'
import type { PageKey } from '../../../core/page-token.ts'
import type { Registration, RegistrationStatus } from '../schemas.ts'
import { EVENT_INDEX, USER_INDEX } from '../tables.ts'
import { METERED, read, unlessRefused, write, type FaceStore, type TransactionPart } from './store.ts'

/** Which of an event's registrations are wanted. */
export interface EventQuery {
  eventId: string
  status?: RegistrationStatus
  /** Only those whose face was verified. */
  verified?: boolean
  limit: number
  startKey?: PageKey
}

/** Registrations: the feature's only caller of the table `event-registrations`. */
export function createRegistrations (store: FaceStore, table: string) {
  const { documents } = store

  /** A change of one registration, on condition that its status is (still) the one given. */
  function update (registrationId: string, options: { when: RegistrationStatus, set: Record<string, string>, remove?: string }): TransactionPart {
    const set = Object.entries(options.set)
    return {
      Update: {
        TableName: table,
        Key: { registrationId },
        UpdateExpression: `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}${options.remove ? ` REMOVE ${options.remove}` : ''}`,
        ConditionExpression: '#status = :when',
        ExpressionAttributeNames: { '#status': 'status', ...Object.fromEntries(set.map(([name]) => [`#${name}`, name])) },
        ExpressionAttributeValues: { ':when': options.when, ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])) },
      },
    }
  }

  return {
    /** Access pattern "one registration": one GetItem. */
    async get (registrationId: string, options: { consistent?: boolean, onlyOf?: string } = {}): Promise<Registration | undefined> {
      const { Item } = await read(store, table, () => documents.send(new GetCommand({
        TableName: table, Key: { registrationId }, ConsistentRead: options.consistent, ...METERED,
      })))
      if (Item && 'heldBy' in Item) return undefined // a guard
      const registration = Item as Registration | undefined // all else is written here
      return options.onlyOf === undefined || options.onlyOf === registration?.userId ? registration : undefined
    },

    /**
     * Access pattern "registrations of an event", oldest first: one Query on EventIndex.
     *
     * With a filter the Query reads up to its own limit of 1 MB and the page is cut afterwards, because a Limit would
     * count what the filter throws away. Only an event that is larger than that can give a page that is short.
     */
    async listByEvent (query: EventQuery): Promise<{ items: Registration[], lastKey?: PageKey }> {
      const { eventId, status, verified, limit, startKey } = query
      const filter = [...status ? ['#status = :status'] : [], ...verified ? ['attribute_exists(verifiedAt)'] : []].join(' AND ')
      const { Items = [], LastEvaluatedKey } = await read(store, table, () => documents.send(new QueryCommand({
        TableName: table,
        IndexName: EVENT_INDEX,
        KeyConditionExpression: 'eventId = :eventId',
        ExpressionAttributeValues: { ':eventId': eventId, ...(status && { ':status': status }) },
        Limit: filter ? undefined : limit,
        ExclusiveStartKey: startKey,
        ...filter && { FilterExpression: filter },
        ...status && { ExpressionAttributeNames: { '#status': 'status' } },
        ...METERED,
      })))
      const items = Items.slice(0, limit) as Registration[] // the guards are not in the index
      const last = items.at(-1)
      const cut = Items.length > limit && last
      return { items, lastKey: cut ? { registrationId: last.registrationId, eventId, createdAt: last.createdAt } : LastEvaluatedKey }
    },

    /** Whether a user has any registration, one that is cancelled too: one Query of one item on UserIndex. */
    async hasAny (userId: string): Promise<boolean> {
      const { Count } = await read(store, table, () => documents.send(new QueryCommand({
        TableName: table,
        IndexName: USER_INDEX,
        KeyConditionExpression: 'userId = :userId',
        ExpressionAttributeValues: { ':userId': userId },
        Limit: 1,
        Select: 'COUNT',
        ...METERED,
      })))
      return Count === 1
    },

    /** Part of the access pattern "cancel": who has waited longest, by Queries on EventIndex until one is found. */
    async oldestWaiting (eventId: string): Promise<Registration | undefined> {
      let startKey: PageKey | undefined
      do {
        const { items, lastKey } = await this.listByEvent({ eventId, status: 'waitlisted', limit: 1, startKey })
        if (items[0]) return items[0]
        startKey = lastKey
      } while (startKey)
      return undefined
    },

    /** Part of "register": the registration itself. */
    creation (registration: Registration): TransactionPart {
      return { Put: { TableName: table, Item: registration, ConditionExpression: 'attribute_not_exists(registrationId)' } }
    },

    /** Part of "register": claims the one registration that a user may have for an event. */
    claim ({ userId, eventId, registrationId }: Registration): TransactionPart {
      return {
        Put: {
          TableName: table,
          Item: { registrationId: guardOf(userId, eventId), heldBy: registrationId },
          ConditionExpression: 'attribute_not_exists(registrationId)',
        },
      }
    },

    /** Part of "cancel": the user may register again. */
    release ({ userId, eventId }: Registration): TransactionPart {
      return { Delete: { TableName: table, Key: { registrationId: guardOf(userId, eventId) } } }
    },

    /** Part of "cancel": the registration stays, for the list, without its ticket. */
    cancellation ({ registrationId, status }: Registration, at: string): TransactionPart {
      return update(registrationId, { when: status, set: { status: 'cancelled', cancelledAt: at, updatedAt: at }, remove: 'ticketId' })
    },

    /** Part of "cancel": a waiting registration gets the place. */
    promotion ({ registrationId }: Registration, at: string): TransactionPart {
      return update(registrationId, { when: 'waitlisted', set: { status: 'registered', promotedAt: at, updatedAt: at } })
    },

    /** Part of "create a face record": the ticket. One that was issued before a reset is replaced. */
    ticket ({ registrationId }: Registration, issued: { ticketId: string, faceId: string, at: string }): TransactionPart {
      const { ticketId, faceId, at } = issued
      return update(registrationId, { when: 'registered', set: { ticketId, faceId, verifiedAt: at, updatedAt: at } })
    },

    /**
     * Part of "create" in the history design: a later success keeps the ticket that the first one issued. On condition
     * that the registration has this ticket or none. A refusal has the registration as it is.
     */
    keptTicket (registration: Registration, issued: { ticketId: string, faceId: string, at: string }): TransactionPart {
      const { Update } = this.ticket(registration, issued)
      return {
        Update: {
          ...Update!, // ticket() makes one
          ConditionExpression: '#status = :when AND (attribute_not_exists(#ticketId) OR #ticketId = :ticketId)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      }
    },

    /**
     * Access pattern "set the stored face": one conditional UpdateItem.
     *
     * @returns the registration before and after, or `undefined` when it is gone or cancelled
     */
    async setStoredFace (registrationId: string, storedFaceKey: string, at: string): Promise<{ before: Registration, after: Registration } | undefined> {
      return await unlessRefused(async () => {
        const { Attributes } = await write(store, table, () => documents.send(new UpdateCommand({
          TableName: table,
          Key: { registrationId },
          UpdateExpression: 'SET storedFaceKey = :key, updatedAt = :at',
          ConditionExpression: 'attribute_exists(registrationId) AND #status <> :cancelled',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':key': storedFaceKey, ':at': at, ':cancelled': 'cancelled' },
          ReturnValues: 'ALL_OLD',
          ...METERED,
        })))
        const before = Attributes as Registration // the condition says that it existed
        return { before, after: { ...before, storedFaceKey, updatedAt: at } }
      })
    },
  }
}

export type Registrations = ReturnType<typeof createRegistrations>

/** The key of a guard. No two pairs share one. It can be an id of a registration, so that reading has to skip guards. */
const guardOf = (userId: string, eventId: string): string => `user#${keyPart(userId)}#event#${keyPart(eventId)}`
