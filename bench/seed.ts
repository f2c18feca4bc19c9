import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { BatchWriteCommand, DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import type { ApiClient } from '../scenarios/kit/api-client.ts'
import { createCallers, type Caller } from '../scenarios/kit/callers.ts'
import type { Tables } from '../scenarios/kit/expected-calls.ts'
import { Given, type VerifiedUser } from '../scenarios/kit/given.ts'
import { createRandom } from '../scenarios/kit/random.ts'

const BATCH = 25
const SEED = 1
const MINUTE_MS = 60_000

/** Makes data for the routes: one of each through the API, and copies of it directly in the tables. */
export class Seed {
  readonly #api: ApiClient
  readonly #client: DynamoDBClient
  readonly #documents: DynamoDBDocumentClient
  readonly #tables: Tables
  readonly #caller: ReturnType<typeof createCallers>
  #count = 0

  constructor (options: { api: ApiClient, emulatorUrl: string, tables: Tables }) {
    this.#api = options.api
    this.#tables = options.tables
    this.#caller = createCallers({ api: options.api, emulatorUrl: options.emulatorUrl, token: undefined, newUserId: () => this.given().userId() })
    this.#client = new DynamoDBClient({
      endpoint: options.emulatorUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' },
    })
    this.#documents = DynamoDBDocumentClient.from(this.#client)
  }

  /** A user whose face was verified through the API; the records of all others are like theirs. */
  verifiedUser (): Promise<VerifiedUser> {
    return this.given().verifiedUser()
  }

  given (): Given {
    return new Given({ api: this.#api, random: createRandom(SEED, 'bench'), prefix: `bench-${++this.#count}` })
  }

  /** A new user, for routes that answer for "me". */
  caller (who?: { groups: readonly string[] }): Promise<Caller> {
    return this.#caller(who)
  }

  /** @returns the ids of new users, each with a face record like that of `model` */
  async faceRecords (amount: number, model: VerifiedUser): Promise<string[]> {
    const record = await this.#read(this.#tables.faces, { userId: model.userId })
    const userIds = this.#ids('user', amount)
    await this.#write(this.#tables.faces, userIds.map((userId) => ({ ...record, userId })))
    return userIds
  }

  /** @returns the ids of new registrations of new users, each with the stored face of `model` and not verified yet */
  async registrations (amount: number, model: VerifiedUser): Promise<string[]> {
    const { ticketId, faceId, verifiedAt, ...registration } = await this.#read(this.#tables.registrations, { registrationId: model.registration.registrationId })
    const registrationIds = this.#ids('reg', amount)
    await this.#write(this.#tables.registrations, registrationIds.map((registrationId) => ({ ...registration, registrationId, userId: `${registrationId}-user` })))
    return registrationIds
  }

  /** @returns the ids of new users, each with a number of validations like that of `model`, a minute apart */
  async validations (amount: { users: number, each: number }, model: VerifiedUser): Promise<string[]> {
    const { userId, registration: { registrationId } } = model
    const validation = await this.#read(this.#tables.history, { userId, registrationId })
    const latest = Date.parse(String(validation.timestamp))
    const userIds = this.#ids('user', amount.users)
    await this.#write(this.#tables.history, userIds.flatMap((userId) => this.#ids('reg', amount.each).map((registrationId, index) => {
      const timestamp = new Date(latest - index * MINUTE_MS).toISOString()
      return { ...validation, userId, registrationId, timestamp }
    })))
    return userIds
  }

  /** Unused ids. */
  userIds (amount: number): string[] {
    return this.#ids('user', amount)
  }

  close (): void {
    this.#client.destroy()
  }

  #ids (kind: string, amount: number): string[] {
    const run = ++this.#count
    return Array.from({ length: amount }, (_, index) => `bench-${kind}-${run}-${index}`)
  }

  async #read (TableName: string, Key: Record<string, string>): Promise<Record<string, unknown>> {
    const { Item } = await this.#documents.send(new GetCommand({ TableName, Key }))
    if (!Item) throw new Error(`The API stored nothing in ${TableName}. Does it use this store?`)
    return Item
  }

  async #write (table: string, items: readonly Record<string, unknown>[]): Promise<void> {
    for (let from = 0; from < items.length; from += BATCH) {
      const { UnprocessedItems = {} } = await this.#documents.send(new BatchWriteCommand({
        RequestItems: { [table]: items.slice(from, from + BATCH).map((Item) => ({ PutRequest: { Item } })) },
      }))
      if (Object.keys(UnprocessedItems).length > 0) throw new Error(`${table} did not accept all writes`)
    }
  }
}
