import { CONVERSATIONS, conversationWith, messagesOf, pathOf } from '../scenarios/kit/chat.ts'
import type { LoadRequest } from './load.ts'
import type { BenchRoute, Target } from './route.ts'
import type { Seed } from './seed.ts'

/** Seed 004: every query in less than 10 ms. */
const QUERY: Target = { name: 'chat query', p99Ms: 10 }

const PAGE = 100
const FIRST_MESSAGES = 20
/** Messages go to one conversation one after another, and so to several here. */
const CONVERSATIONS_WRITTEN_TO = 64
/** Of about 300 bytes, as people write them. */
const CONTENT = 'How do I remember what I have read, and how often should I come back to it? '.repeat(4)

/** The routes of the learning navigator, on data of their own: a user with a page of conversations, one of them with a page of messages. */
export async function chatRoutes (seed: Seed): Promise<BenchRoute[]> {
  const { api, headers } = await seed.caller()
  const admin = await seed.caller({ groups: ['admin'] })
  const { conversation, messages } = await conversationWith(api, Array.from({ length: PAGE }, () => CONTENT))
  const others = await Promise.all(Array.from({ length: PAGE - 1 }, () => conversationWith(api, ['Hello'])))
  const writtenTo = others.slice(0, CONVERSATIONS_WRITTEN_TO).map((other) => messagesOf(other.conversation))
  const day = conversation.startedAt.slice(0, 'YYYY-MM-DD'.length)
  const get = (path: string, as = headers): LoadRequest => ({ method: 'GET', path, headers: as })

  return [
    {
      name: 'chat: conversations of a user, 100 a page',
      method: 'GET',
      url: CONVERSATIONS,
      status: 200,
      target: QUERY,
      async prepare () { return [get(`${this.url}?limit=${PAGE}`)] },
    },
    {
      name: 'chat: messages, 100 a page',
      method: 'GET',
      url: `${CONVERSATIONS}/:conversationId/messages`,
      status: 200,
      target: QUERY,
      async prepare () { return ['asc', 'desc'].map((order) => get(`${messagesOf(conversation)}?limit=${PAGE}&order=${order}`)) },
    },
    {
      name: 'chat: a conversation with its first 20 messages',
      method: 'GET',
      url: `${CONVERSATIONS}/:conversationId`,
      status: 200,
      target: QUERY,
      async prepare () { return [get(`${pathOf(conversation)}?messages=${FIRST_MESSAGES}`)] },
    },
    {
      name: 'chat: one message',
      method: 'GET',
      url: `${CONVERSATIONS}/:conversationId/messages/:timestamp`,
      status: 200,
      target: QUERY,
      async prepare () { return messages.map(({ timestamp }) => get(`${messagesOf(conversation)}/${timestamp}`)) },
    },
    {
      name: 'chat: conversations of a day',
      method: 'GET',
      url: '/api/chat/analytics/conversations',
      status: 200,
      target: QUERY,
      async prepare () { return [get(`${this.url}?date=${day}`, admin.headers)] },
    },
    {
      name: 'chat: new message',
      method: 'POST',
      url: `${CONVERSATIONS}/:conversationId/messages`,
      status: 201,
      async prepare () { return writtenTo.map((path) => ({ method: this.method, path, body: JSON.stringify({ role: 'user', content: CONTENT }), headers })) },
    },
  ]
}
