import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { LightMyRequestResponse } from 'fastify'
import { test, type Test } from 'tap'
import { testApp, type TestApp, type TestAppOptions } from '../../../test-support/app.ts'
import { matchesDocs } from '../../../test-support/contract.ts'
import { features } from '../../index.ts'
import type { Conversation, CreateMessage, Message } from '../schemas.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export interface Page<T> { count: number, data: T[], lastEvaluatedKey: string | null }

/** What one user does with the API. */
export interface ChatUser {
  call (method: Method, url: string, body?: object, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  /** A request that has to succeed; gives its `data`. */
  get<T> (url: string): Promise<T>
  start (title?: string): Promise<Conversation>
  post (conversationId: string, said?: Partial<CreateMessage>): Promise<Message>
}

/** The chat alone, with what its tests do all the time. */
export interface ChatApp extends TestApp {
  as (sub: string, ...groups: string[]): Promise<ChatUser>
  /** The AWS calls behind an answer, such as `Query 0.5`, in order. */
  callsOf (response: LightMyRequestResponse): string[]
  /** All items of the table whose key has this text in it. */
  itemsOf (text: string): Promise<Record<string, unknown>[]>
  /** Holds one of each kind of answer given so far against the documentation. */
  checkDocs (t: Test): void
}

export const CONVERSATIONS = '/api/chat/conversations'
export const messagesUrl = (conversationId: string) => `${CONVERSATIONS}/${conversationId}/messages`

export async function chatApp (t: Test, options: TestAppOptions = {}): Promise<ChatApp> {
  const made = await testApp(t, {
    features: features.filter(({ name }) => name === 'chat'),
    ...options,
    // A machine that tests on all its processors is late, which is not the matter here.
    config: { MAX_EVENT_LOOP_DELAY: '10m', ...options.config },
  })
  const { app, aws, config, emulator } = made
  const kinds = new Map<string, LightMyRequestResponse>()

  return {
    ...made,
    async as (sub, ...groups) {
      const { token } = await emulator.tokens.issue({ sub, groups, ttl: '90d' })
      const user: ChatUser = {
        async call (method, url, body, headers) {
          const response = await app.inject({ method, url, headers: { authorization: `Bearer ${token}`, ...headers }, ...body && { payload: body } })
          const route = url.split('?')[0]!.replaceAll(/(?<=\/(conversations|messages|sessions)\/)[^/]+/g, ':id')
          kinds.set([method, route, response.statusCode, /"code":"\w+"/.exec(response.body)?.[0]].join(' '), response)
          return response
        },
        async get<T> (url: string) {
          const response = await user.call('GET', url)
          if (response.statusCode !== 200) throw new Error(response.body)
          return response.json<{ data: T }>().data
        },
        start: (title) => created<Conversation>(user.call('POST', CONVERSATIONS, { title })),
        post: (conversationId, said) => created<Message>(user.call('POST', messagesUrl(conversationId), { role: 'user', content: 'Hello', ...said })),
      }
      return user
    },
    callsOf: (response) => emulator.trace.query({ causedBy: String(response.headers['x-request-id']) })
      .map(({ operation, readUnits, writeUnits }) => `${operation} ${readUnits + writeUnits}`),
    async itemsOf (text) {
      const { Items = [] } = await aws.documents.send(new ScanCommand({ TableName: config.chat.tables.chat, ConsistentRead: true }))
      return Items.filter(({ PK, SK }) => `${PK} ${SK}`.includes(text))
    },
    checkDocs (t) {
      for (const response of kinds.values()) matchesDocs(t, app, response)
    },
  }
}

async function created<T> (answered: Promise<LightMyRequestResponse>): Promise<T> {
  const response = await answered
  if (response.statusCode !== 201) throw new Error(response.body)
  return response.json<{ data: T }>().data
}

/** Runs the same test on the embedded store and over the wire, one after the other. */
export function onBothStores (title: string, body: (t: Test, start: (options?: TestAppOptions) => Promise<ChatApp>) => Promise<void>): void {
  for (const store of ['embedded', 'dynamodb'] as const) {
    void test(`${title} (STORE=${store})`, (t) => body(t, (options) => chatApp(t, { store, ...options })))
  }
}
