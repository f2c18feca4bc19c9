import { GetCommand, QueryCommand, ScanCommand, UpdateCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb'
import type { Clock } from '../../../core/clock.ts'
import { StoreBusy } from '../../../core/errors.ts'
import type { PageKey } from '../../../core/page-token.ts'
import type { FaceRecord } from '../schemas.ts'
import { HISTORY_EVENT_INDEX, TIME_INDEX } from '../tables.ts'
import { HISTORY_DAYS, type Attempt, type FaceValidation } from '../validation-schemas.ts'
import type { ValidationQuery, ValidationSource } from '../validation-source.ts'
import { METERED, read, unlessRefused, write, type FaceStore, type TransactionPart } from './store.ts'

const SECONDS_A_DAY = 86_400
const HISTORY_MS = HISTORY_DAYS * SECONDS_A_DAY * 1000

/** Attempts that an item keeps: far below the 400 KB that an item may have. */
const MOST_ATTEMPTS = 100

/** An expired validation does not exist for any call, whether or not DynamoDB has deleted it yet. */
const LIVE = '#expiresAt > :now'

/** An attempt to be stored. A failed one has no face id. */
export type NewValidation = Omit<FaceRecord, 'faceId' | 'expiresAt'> & { registrationId: string, eventId: string, faceId?: string }

/** The state of the item to which an attempt is added. */
export interface ItemState {
  /** The maximum number of attempts; beyond it the oldest is dropped. */
  full: boolean
  /** It shows a successful attempt, which a failed one does not replace. */
  verified: boolean
}

/** The states to try in turn for a failed attempt. Nearly always the first is right. */
const STATES: readonly ItemState[] = [
  { full: false, verified: false }, { full: false, verified: true }, { full: true, verified: false }, { full: true, verified: true },
]
const MOST_ROUNDS = 3

/** The history of validations, one item a registration: the feature's only caller of the table `face-verifications-history`. */
export function createFaceValidations (store: FaceStore, { table, clock }: { table: string, clock: Clock }) {
  const { documents } = store
  const now = () => Math.floor(clock.now() / 1000)

  /** The item without attempts that are too old; only update() writes here. */
  function shown (item: Record<string, unknown>): FaceValidation {
    const validation = item as FaceValidation // see above
    const oldest = new Date(clock.now() - HISTORY_MS).toISOString()
    return { ...validation, attempts: validation.attempts?.filter(({ timestamp }) => timestamp > oldest) }
  }

  function query (input: Pick<QueryCommandInput, 'IndexName' | 'Limit' | 'ExclusiveStartKey' | 'ScanIndexForward'> & {
    key: string
    values: Record<string, string>
    /** The attributes to return of each item, always with its time. Default: all. */
    names?: readonly string[]
  }) {
    const { key, values, names = [], ...rest } = input
    return read(store, table, () => documents.send(new QueryCommand({
      TableName: table,
      KeyConditionExpression: key,
      FilterExpression: LIVE,
      ...names.length > 0 && { ProjectionExpression: names.map((name) => `#${name}`).join(', ') },
      ExpressionAttributeNames: Object.fromEntries(['expiresAt', ...names].map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: { ...values, ':now': now() },
      ...rest,
      ...METERED,
    })))
  }

  /**
   * One page, newest first. Expired validations that are still in the table come last, so only the end can be
   * short. The landmarks are removed here: reading everything but them costs the same units, and a projection of all other
   * attributes takes more time.
   */
  async function page (index: string, owner: { name: 'userId' | 'eventId', value: string }, { limit, startKey, withVector }: ValidationQuery) {
    const { Items = [], LastEvaluatedKey } = await query({
      IndexName: index,
      key: `${owner.name} = :owner`,
      values: { ':owner': owner.value },
      Limit: limit,
      ExclusiveStartKey: startKey,
      ScanIndexForward: false,
    })
    if (!withVector) for (const item of Items) delete item.faceVector
    return { items: Items.map(shown), lastKey: LastEvaluatedKey }
  }

  /**
   * The UpdateItem that adds an attempt to its registration's item, and makes the item show it.
   * @param state  the state of the item; it is the condition of the update. `verified` undefined: either
   */
  function update (validation: NewValidation, { full, verified }: Pick<ItemState, 'full'> & Partial<ItemState>) {
    const { userId, registrationId, ...members } = validation
    const { timestamp, validationStatus, confidence, quality } = validation
    const attempt: Attempt = { timestamp, validationStatus, confidence, quality }
    const replaced = verified ? [] : Object.entries({ ...members, expiresAt: now() + HISTORY_DAYS * SECONDS_A_DAY })
    const set = replaced.filter(([, value]) => value !== undefined)
    // Members that this attempt lacks must not keep the values of the one before.
    const gone = verified ? [] : ['faceId', 'faceVector'].filter((name) => !set.some(([present]) => present === name))
    const room = full ? 'size(#attempts) >= :most' : '(attribute_not_exists(#attempts) OR size(#attempts) < :most)'
    const success = '#validationStatus = :succeeded AND #expiresAt > :now'
    const sets = [
      ...set.map(([name]) => `#${name} = :${name}`),
      // An index beyond the end of a list appends to it.
      full ? `#attempts[${MOST_ATTEMPTS}] = :attempt` : '#attempts = list_append(if_not_exists(#attempts, :none), :attempt)',
    ]
    const removes = [...gone.map((name) => `#${name}`), ...full ? ['#attempts[0]'] : []]
    const names = ['attempts', ...verified === undefined ? [] : ['validationStatus', 'expiresAt'], ...set.map(([name]) => name), ...gone]
    return {
      TableName: table,
      Key: { userId, registrationId },
      UpdateExpression: `SET ${sets.join(', ')}${removes.length > 0 ? ` REMOVE ${removes.join(', ')}` : ''}`,
      ConditionExpression: verified === undefined
        ? room
        : `${room} AND ${verified ? success : `(attribute_not_exists(#validationStatus) OR NOT (${success}))`}`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
        ':most': MOST_ATTEMPTS,
        ...verified !== undefined && { ':succeeded': 'success', ':now': now() },
        ...full ? { ':attempt': attempt } : { ':attempt': [attempt], ':none': [] },
      },
    }
  }

  return {
    /** Access pattern "history": one Query on ByTimestamp a page, newest first. */
    history: (userId, query) => page(TIME_INDEX, { name: 'userId', value: userId }, query),

    /** Access pattern "event validations": one Query on EventIndex a page, newest first. */
    ofEvent: (eventId, query) => page(HISTORY_EVENT_INDEX, { name: 'eventId', value: eventId }, query),

    /** Access pattern "one validation": one GetItem. */
    async get (userId, registrationId) {
      const { Item } = await read(store, table, () => documents.send(new GetCommand({ TableName: table, Key: { userId, registrationId }, ...METERED })))
      return Item && Item.expiresAt > now() ? shown(Item) : undefined
    },

    /** Access pattern "validation statistics": one Query of the user's items for each MB of them. */
    async * attempts (userId) {
      let startKey: PageKey | undefined
      do {
        const { Items = [], LastEvaluatedKey } = await query({
          key: 'userId = :owner',
          values: { ':owner': userId },
          names: ['timestamp', 'validationStatus', 'confidence', 'quality', 'attempts'],
          ExclusiveStartKey: startKey,
        })
        for (const validation of Items.map(shown)) yield * validation.attempts ?? [validation as Attempt] // of these names
        startKey = LastEvaluatedKey
      } while (startKey)
    },

    /**
     * Access pattern "dashboard": one Scan a page of 1 MB; all stored attempts.
     * @param mostPages  pages to read at most; the last one says whether more would follow
     */
    async * summaries (mostPages: number): AsyncGenerator<{ items: Attempt[], readUnits: number, isLast: boolean }> {
      let startKey: PageKey | undefined
      for (let pages = 0; pages < mostPages; pages++) {
        const { Items = [], LastEvaluatedKey, ConsumedCapacity } = await read(store, table, () => documents.send(new ScanCommand({
          TableName: table,
          FilterExpression: LIVE,
          ProjectionExpression: '#attempts',
          ExpressionAttributeNames: { '#attempts': 'attempts', '#expiresAt': 'expiresAt' },
          ExpressionAttributeValues: { ':now': now() },
          ExclusiveStartKey: startKey,
          ...METERED,
        })))
        const items = Items.map(shown).flatMap(({ attempts = [] }) => attempts)
        yield { items, readUnits: ConsumedCapacity?.CapacityUnits ?? 0, isLast: !LastEvaluatedKey }
        if (!LastEvaluatedKey) return
        startKey = LastEvaluatedKey
      }
    },

    /** Access pattern "recent validation": one Query on ByTimestamp of one item; another only if that one has expired. */
    async latestSince (userId, since) {
      let startKey: PageKey | undefined
      do {
        const { Items = [], LastEvaluatedKey } = await query({
          IndexName: TIME_INDEX,
          key: 'userId = :owner AND #timestamp >= :since',
          values: { ':owner': userId, ':since': new Date(since).toISOString() },
          names: ['userId', 'registrationId', 'validationStatus', 'timestamp'],
          Limit: 1,
          ExclusiveStartKey: startKey,
          ScanIndexForward: false,
        })
        if (Items[0]) return shown(Items[0])
        startKey = LastEvaluatedKey
      } while (startKey)
      return undefined
    },

    /** Part of the access pattern "create": a successful attempt, on condition that the item is in this state. */
    addition (validation: NewValidation, state: Pick<ItemState, 'full'>): TransactionPart {
      return { Update: update(validation, state) }
    },

    /**
     * Part of the access pattern "create": one UpdateItem for a failed attempt; another if the registration has
     * been verified before, or has very many attempts.
     */
    async add (validation: NewValidation): Promise<void> {
      for (let round = 0; round < MOST_ROUNDS; round++) {
        for (const state of STATES) {
          const added = await unlessRefused(() => write(store, table, () => documents.send(new UpdateCommand({ ...update(validation, state), ...METERED }))))
          if (added) return
        }
      }
      // It has changed before each of them.
      throw new StoreBusy(`Table ${table}`)
    },
  } satisfies ValidationSource & Record<'addition' | 'add' | 'summaries', unknown>
}

export type FaceValidations = ReturnType<typeof createFaceValidations>
