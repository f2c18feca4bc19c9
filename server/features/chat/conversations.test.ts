import { TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { test } from 'tap'
import { buildApp } from '../../app.ts'
import { createChat } from './chat.ts'
import type { Conversation, ConversationEntry, Message, Profile } from './schemas.ts'
import { CONVERSATIONS, messagesUrl, onBothStores, type ChatUser, type Page } from './test-support/chat-app.ts'

/** All pages of a list, one after the other. */
async function pagesOf<T> (user: ChatUser, url: string): Promise<T[][]> {
  const pages: T[][] = []
  let token: string | null = null
  do {
    const page: Page<T> = await user.get(token === null ? url : `${url}&lastEvaluatedKey=${token}`)
    pages.push(page.data)
    token = page.lastEvaluatedKey
  } while (token !== null)
  return pages
}

const entriesOf = async (user: ChatUser) => (await user.get<Page<ConversationEntry>>(CONVERSATIONS)).data
const contents = (messages: readonly Message[]) => messages.map(({ content }) => content)

onBothStores('conversations', async (t, start) => {
  const api = await start()
  const ada = await api.as('ada')
  const at = (ms: number) => new Date(api.clock.now() + ms).toISOString()

  t.test('a profile is written, read, and replaced', async (t) => {
    t.match((await ada.call('GET', '/api/chat/profile')).json(), { statusCode: 404, code: 'PROFILE_NOT_FOUND' })
    const written = await ada.call('PUT', '/api/chat/profile', { name: 'Ada', email: 'ada@example.com', role: 'learner' })
    const profile = { userId: 'ada', name: 'Ada', email: 'ada@example.com', role: 'learner', createdAt: at(0), updatedAt: at(0) }
    t.strictSame(written.json(), { status: 'success', message: 'Profile written successfully', data: profile })
    t.strictSame(api.callsOf(written), ['UpdateItem 1'])
    const read = await ada.call('GET', '/api/chat/profile')
    t.strictSame(read.json<{ data: Profile }>().data, profile)
    t.strictSame(api.callsOf(read), ['GetItem 0.5'])
    await api.clock.advance(1000)
    await ada.call('PUT', '/api/chat/profile', { name: 'Ada King', email: 'king@example.com', role: 'mentor' })
    t.strictSame(await ada.get('/api/chat/profile'), { ...profile, name: 'Ada King', email: 'king@example.com', role: 'mentor', updatedAt: at(0) })
  })

  t.test('a conversation is started, and its messages appear in it and in the list', async (t) => {
    const started = await ada.call('POST', CONVERSATIONS, { title: 'Learning' })
    t.equal(started.statusCode, 201)
    const { data: conversation } = started.json<{ data: Conversation }>()
    const { conversationId } = conversation
    t.match(conversation, { conversationId: /^conv_/, userId: 'ada', title: 'Learning', startedAt: at(0) })
    t.equal(started.headers.location, `${CONVERSATIONS}/${conversationId}`)
    t.strictSame(api.callsOf(started), ['TransactWriteItems 6'], 'both items at once')
    t.strictSame(await entriesOf(ada), [{ conversationId, title: 'Learning', startedAt: at(0), lastActivityAt: at(0), unread: 0 }])
    t.match((await api.app.inject({ method: 'POST', url: CONVERSATIONS })).json(), { statusCode: 401 }, 'a token is needed, whatever AUTH_MODE is')

    const posted = await ada.call('POST', messagesUrl(conversationId), { role: 'user', content: 'Hello' })
    t.strictSame([posted.statusCode, api.callsOf(posted)], [201, ['TransactWriteItems 5']], 'message, entry, and the entry in the index')
    t.strictSame(posted.json<{ data: Message }>().data, { conversationId, timestamp: at(0), role: 'user', content: 'Hello' }, 'in the millisecond of the start')
    t.match(await entriesOf(ada), [{ unread: 0, lastMessage: { content: 'Hello' } }], 'what one says oneself is not unread')
    await api.clock.advance(2500)
    const citations = [{ title: 'Notes', uri: 'https://notes.example/1', snippet: 'Write' }]
    const long = '\u{1F4DA}'.repeat(300)
    const reply = await ada.post(conversationId, { role: 'assistant', content: long, citations })
    t.strictSame(await entriesOf(ada), [{
      conversationId,
      title: 'Learning',
      startedAt: at(-2500),
      lastActivityAt: at(0),
      unread: 1,
      lastMessage: { timestamp: at(0), role: 'assistant', content: '\u{1F4DA}'.repeat(200) },
    }])

    const listed = await ada.call('GET', messagesUrl(conversationId))
    const [first, second] = listed.json<{ data: Page<Message> }>().data.data
    t.match(first, { content: 'Hello', timestamp: at(-2500) })
    t.strictSame(second, { conversationId, timestamp: at(0), role: 'assistant', content: long, citations })
    t.equal(api.callsOf(listed).join(), 'Query 0.5')
    const one = await ada.call('GET', `${messagesUrl(conversationId)}/${reply.timestamp}`)
    t.strictSame(one.json<{ data: Message }>().data, second)
    t.strictSame(api.callsOf(one), ['GetItem 0.5'])
    t.match((await ada.call('GET', `${messagesUrl(conversationId)}/${at(1)}`)).json(), { statusCode: 404, code: 'MESSAGE_NOT_FOUND' })

    const metadata = await ada.call('GET', `${CONVERSATIONS}/${conversationId}`)
    t.strictSame(metadata.json<{ data: Conversation }>().data, conversation)
    t.strictSame(api.callsOf(metadata), ['GetItem 0.5'])
    const together = await ada.call('GET', `${CONVERSATIONS}/${conversationId}?messages=1`)
    const { messages, ...rest } = together.json<{ data: Conversation & { messages: Page<Message> } }>().data
    t.strictSame([rest, messages.data], [conversation, [first]])
    t.strictSame(api.callsOf(together), ['Query 0.5'], 'with its first messages it is one Query')
    t.strictSame((await ada.get<Page<Message>>(`${messagesUrl(conversationId)}?lastEvaluatedKey=${messages.lastEvaluatedKey}`)).data, [second], 'whose token goes on')

    const read = await ada.call('POST', `${CONVERSATIONS}/${conversationId}/read`)
    t.match(read.json(), { data: { conversationId, unread: 0, lastMessage: { timestamp: at(0) } } })
    t.strictSame(api.callsOf(read), ['UpdateItem 2'], 'the entry, and the entry in the index')
    await api.clock.advance(-1000)
    t.equal((await ada.post(conversationId)).timestamp, at(1001), 'with a clock that goes back, what is said later still comes after')
    await api.clock.advance(2000)
  })

  t.test('forty messages by twenty clients of two servers in one millisecond are all stored, in order', async (t) => {
    t.intercept(Math, 'random', { value: () => 0 }) // no pauses
    const other = await buildApp({ config: api.config, aws: api.aws, clock: api.clock, localIssuer: api.emulator.tokens })
    t.teardown(() => other.close())
    const { token } = await api.emulator.tokens.issue({ sub: 'ada' })
    const { conversationId } = await ada.start()
    const answered: Message[] = []
    await Promise.all(Array.from({ length: 20 }, async (_, client) => {
      for (let turn = 0; turn < 2; turn++) {
        const response = await (client % 2 ? api.app : other).inject({
          method: 'POST',
          url: messagesUrl(conversationId),
          headers: { authorization: `Bearer ${token}` },
          payload: { role: turn === 0 ? 'user' : 'assistant', content: `${client}/${turn}` },
        })
        answered.push(response.json<{ data: Message }>().data)
      }
    }))
    const { data: stored } = await ada.get<Page<Message>>(`${messagesUrl(conversationId)}?limit=1000`)
    t.strictSame(stored.map(({ timestamp }) => timestamp), Array.from({ length: 40 }, (_, index) => at(index)), 'each has its own millisecond, none is left out')
    t.strictSame(stored, answered.toSorted((a, b) => a.timestamp < b.timestamp ? -1 : 1), 'each is as its client was told')
    for (let client = 0; client < 20; client++) {
      const own = contents(stored).filter((content) => content.startsWith(`${client}/`))
      t.strictSame(own, [0, 1].map((turn) => `${client}/${turn}`), 'in the order in which each client spoke')
    }
    const last = stored.at(-1)!
    const entry = (await entriesOf(ada)).find((one) => one.conversationId === conversationId)
    t.match(entry, { unread: 20, lastActivityAt: last.timestamp, lastMessage: { timestamp: last.timestamp, content: last.content } })
  })

  t.test('messages come in full pages, in both orders', async (t) => {
    const { conversationId } = await ada.start()
    for (let count = 0; count < 25; count++) await ada.post(conversationId, { content: `${count}` })
    const all = Array.from({ length: 25 }, (_, index) => `${index}`)
    for (const [order, wanted] of [['asc', all], ['desc', all.toReversed()]] as const) {
      const pages = await pagesOf<Message>(ada, `${messagesUrl(conversationId)}?order=${order}&limit=10`)
      t.strictSame(pages.map(contents), [wanted.slice(0, 10), wanted.slice(10, 20), wanted.slice(20)], order)
    }
    t.strictSame((await pagesOf<Message>(ada, `${messagesUrl(conversationId)}?limit=5`)).map(({ length }) => length), [5, 5, 5, 5, 5, 0], 'a last page may be empty')

    const { conversationId: empty } = await ada.start()
    t.strictSame(await ada.get(messagesUrl(empty)), { count: 0, data: [], lastEvaluatedKey: null })
  })

  t.test('a user\'s conversations are listed by last activity', async (t) => {
    const eve = await api.as('eve')
    const started: string[] = []
    for (let count = 0; count < 5; count++) {
      started.push((await eve.start(`${count}`)).conversationId)
      await api.clock.advance(1000)
    }
    await eve.post(started[1]!)
    const response = await eve.call('GET', `${CONVERSATIONS}?limit=2`)
    t.strictSame(api.callsOf(response), ['Query 0.5'])
    const pages = await pagesOf<ConversationEntry>(eve, `${CONVERSATIONS}?limit=2`)
    t.strictSame(pages.map((page) => page.map(({ title }) => title)), [['1', '4'], ['3', '2'], ['0']])
  })

  t.test('a conversation that is deleted during writes leaves nothing behind', async (t) => {
    const { conversationId } = await ada.start()
    for (let count = 0; count < 30; count++) await ada.post(conversationId)
    const statuses = new Set<number>()
    const writers = Promise.all(Array.from({ length: 5 }, async () => {
      for (let status = 201; status === 201; statuses.add(status)) {
        status = (await ada.call('POST', messagesUrl(conversationId), { role: 'user', content: 'and one more' })).statusCode
      }
    }))
    await ada.post(conversationId) // in its turn, so that each writer has written something
    const deletions = await Promise.all([1, 2].map(() => ada.call('DELETE', `${CONVERSATIONS}/${conversationId}`)))
    await writers
    t.ok(deletions.some((one) => one.statusCode === 200 && one.json<{ data: { complete: boolean } }>().data.complete), 'of two at once, one or both have done it')
    t.strictSame([...statuses].sort(), [201, 404], 'who writes is told that it is gone')
    t.strictSame(await api.itemsOf(conversationId), [])
    t.equal((await ada.call('DELETE', `${CONVERSATIONS}/${conversationId}`)).statusCode, 404)
  })

  t.test('an interrupted deletion resumes with the same request; the conversation is hidden meanwhile', async (t) => {
    const { conversationId } = await ada.start()
    for (let count = 0; count < 30; count++) await ada.post(conversationId)
    const chat = createChat({ config: api.config.chat, aws: api.aws, clock: api.clock })
    t.strictSame(await chat.conversationService.remove({ userId: 'ada', conversationId }, 7), { deletedMessages: 7, complete: false })
    t.ok((await entriesOf(ada)).every((entry) => entry.conversationId !== conversationId), 'no list shows it')
    const url = `${CONVERSATIONS}/${conversationId}`
    for (const [method, path, body] of [['GET', ''], ['GET', '?messages=5'], ['POST', '/read'], ['POST', '/messages', { role: 'user', content: 'x' }]] as const) {
      t.equal((await ada.call(method, url + path, body)).statusCode, 404, `${method} ${path}`)
    }
    const resumed = await ada.call('DELETE', url)
    t.strictSame(resumed.json<{ data: object }>().data, { conversationId, deletedMessages: 23, complete: true })
    t.strictSame(api.callsOf(resumed).map((call) => call.split(' ')[0]), ['TransactWriteItems', 'Query', 'BatchWriteItem', 'TransactWriteItems'])
    t.strictSame(await api.itemsOf(conversationId), [])
  })

  // They say the same whatever the store.
  if (api.config.store !== 'embedded') return

  t.test('messages of more than 1 MB come in shorter pages', async (t) => {
    const { conversationId: large } = await ada.start()
    for (let count = 0; count < 10; count++) await ada.post(large, { content: `${count} ${'\u{1F4DA}'.repeat(31_990)}` })
    const pages = await pagesOf<Message>(ada, `${messagesUrl(large)}?order=desc`)
    t.ok(pages.length > 1 && pages.every((page) => page.length > 0), 'a page ends at 1 MB')
    t.strictSame(contents(pages.flat()).map((content) => parseInt(content)), Array.from({ length: 10 }, (_, index) => index).toReversed())
    await ada.call('DELETE', `${CONVERSATIONS}/${large}`)
  })

  t.test('when DynamoDB processes only a part of a batch, all is deleted, or the answer says that it is not', async (t) => {
    t.intercept(Math, 'random', { value: () => 0 }) // no pauses
    const { conversationId } = await ada.start()
    for (let count = 0; count < 30; count++) await ada.post(conversationId)
    const { faults } = api.emulator
    const url = `${CONVERSATIONS}/${conversationId}`
    const batches = { service: 'dynamodb', operation: 'BatchWriteItem', error: 'throttle', seed: 1 } as const
    const deleted: number[] = []
    for (const [share, status] of [[1, 503], [0.96, 202], [0.5, 200]] as const) {
      await faults.add({ ...batches, id: 'batches', share })
      const response = await ada.call('DELETE', url)
      t.equal(response.statusCode, status, `${share} of all items throttled`)
      if (status !== 503) deleted.push(response.json<{ data: { deletedMessages: number } }>().data.deletedMessages)
      else t.match(response.json(), { code: 'STORE_BUSY' })
    }
    faults.clear()
    t.ok(deleted.every((count) => count > 0))
    t.strictSame(await api.itemsOf(conversationId), [])
  })

  t.test('a message whose answer from DynamoDB was lost is stored once', async (t) => {
    t.intercept(Math, 'random', { value: () => 0 })
    const { conversationId } = await ada.start()
    await api.emulator.faults.add({ service: 'dynamodb', operation: 'TransactWriteItems', error: 'answer-lost', times: 1 })
    const message = await ada.post(conversationId, { role: 'assistant' })
    api.emulator.faults.clear()
    t.strictSame((await ada.get<Page<Message>>(messagesUrl(conversationId))).data, [message])
    t.match((await entriesOf(ada)).find((entry) => entry.conversationId === conversationId), { unread: 1 })
  })

  t.test('another user\'s conversation is not found, by any route', async (t) => {
    const bob = await api.as('bob')
    const admin = await api.as('grace', 'admin')
    const { conversationId } = await ada.start('Secret')
    const { timestamp } = await ada.post(conversationId, { content: 'My secret' })
    await ada.post(conversationId)
    const { conversationId: bobs } = await bob.start('Bob\'s')
    await bob.post(bobs)
    await bob.post(bobs)
    const before = await api.itemsOf(conversationId)

    const routes = (id: string): [method: 'GET' | 'POST' | 'DELETE', url: string, body?: object][] => [
      ['GET', `${CONVERSATIONS}/${id}`],
      ['GET', `${CONVERSATIONS}/${id}?messages=10`],
      ['GET', messagesUrl(id)],
      ['GET', `${messagesUrl(id)}?order=desc`],
      ['GET', `${messagesUrl(id)}/${timestamp}`],
      ['POST', messagesUrl(id), { role: 'user', content: 'Hi' }],
      ['POST', `${messagesUrl(id)}?reply=true`, { role: 'user', content: 'Hi' }],
      ['POST', `${CONVERSATIONS}/${id}/read`],
      ['DELETE', `${CONVERSATIONS}/${id}`],
    ]
    const missing = 'conv_000000000'.padEnd(conversationId.length, '0')
    for (const user of [bob, admin]) {
      for (const [index, [method, url, body]] of routes(conversationId).entries()) {
        const response = await user.call(method, url, body)
        t.equal(response.statusCode, 404, `${method} ${url}`)
        const [, otherUrl] = routes(missing)[index]!
        const shown = (text: string) => ({ ...JSON.parse(text.replaceAll(conversationId, missing)) as object, requestId: '' })
        t.strictSame(shown(response.body), shown((await user.call(method, otherUrl, body)).body), 'in the words of one that is not there')
      }
    }
    const streamed = await bob.call('POST', messagesUrl(conversationId), { role: 'user', content: 'Hi' }, { accept: 'text/event-stream' })
    t.equal(streamed.statusCode, 404)

    const ids = [
      `CONV%23${conversationId}`, `${conversationId}%23`, `${conversationId}%00`, `${conversationId}%20`, `%20${conversationId}`, `${conversationId}%0A`,
      `${bobs}%2F..%2F${conversationId}`, `..%2F${conversationId}`, conversationId.toUpperCase(), `ada:${conversationId}`, 'USER%23ada', 'METADATA', '*', '%25',
      '__proto__', 'constructor', `${conversationId},${bobs}`, `${bobs}%22%20OR%20PK=%22CONV%23${conversationId}`, 'x'.repeat(129), `${conversationId}%E2%80%8B`,
    ]
    for (const id of ids) {
      const answers = await Promise.all(routes(id).map(([method, url, body]) => bob.call(method, url, body)))
      t.ok(answers.every(({ statusCode }) => statusCode === 400 || statusCode === 404), id, { answers: answers.map(({ statusCode }) => statusCode) })
    }
    for (const suffix of ['/read?conversationId=', '?conversationId=', '?userId=ada&x=', '/messages?conversationId=', '/messages?PK=']) {
      const method = suffix.startsWith('/read') ? 'POST' : 'GET'
      const response = await bob.call(method, `${CONVERSATIONS}/${bobs}${suffix}${conversationId}`)
      t.notMatch(response.body, 'ecret', suffix)
    }
    t.match((await bob.call('POST', messagesUrl(bobs), { role: 'user', content: 'x', conversationId })).json(), { statusCode: 400 })
    t.match((await bob.call('POST', CONVERSATIONS, { conversationId })).json(), { statusCode: 400 })
    t.match((await bob.call('POST', CONVERSATIONS, { userId: 'ada' })).json(), { statusCode: 400 })

    const tokenOf = async (user: ChatUser, url: string) => (await user.get<Page<Message>>(url)).lastEvaluatedKey!
    const adas = await tokenOf(ada, `${messagesUrl(conversationId)}?limit=1`)
    const own = await tokenOf(bob, `${messagesUrl(bobs)}?limit=1`)
    const adasList = await tokenOf(ada, `${CONVERSATIONS}?limit=1`)
    const key = Buffer.from(JSON.stringify({ PK: `CONV#${conversationId}`, SK: 'MSG#0' })).toString('base64url')
    const tokens: [url: string, token: string][] = [
      [messagesUrl(conversationId), adas], [messagesUrl(conversationId), own], [messagesUrl(bobs), adas], [`${messagesUrl(bobs)}?order=desc`, own],
      [CONVERSATIONS, adasList], [CONVERSATIONS, own], [messagesUrl(bobs), adasList], [messagesUrl(bobs), key], [messagesUrl(bobs), `${key}.`],
      [messagesUrl(bobs), `${key}.${own.split('.')[1]}`], [messagesUrl(bobs), `${own}x`], [messagesUrl(bobs), own.slice(0, -1)], [messagesUrl(bobs), own.split('.')[0]!],
    ]
    for (const [url, token] of tokens) {
      const response = await bob.call('GET', `${url}${url.includes('?') ? '&' : '?'}lastEvaluatedKey=${encodeURIComponent(token)}`)
      t.match(response.json(), { statusCode: 400, code: 'INVALID_PAGE_TOKEN' }, `${url} ${token}`)
    }
    t.ok((await entriesOf(bob)).every((entry) => entry.conversationId === bobs), 'and his list has his own alone')
    t.strictSame(await api.itemsOf(conversationId), before, 'nothing of it has changed')
  })

  t.test('bad input is reported', async (t) => {
    const { conversationId } = await ada.start()
    const said = { role: 'user', content: 'Hello' }
    const url = messagesUrl(conversationId)
    const cases: [method: 'GET' | 'POST' | 'PUT', url: string, body?: object][] = [
      ['PUT', '/api/chat/profile', { name: 'Ada', email: 'ada@example.com' }],
      ['PUT', '/api/chat/profile', { name: 'Ada', email: 'nowhere', role: 'learner' }],
      ['PUT', '/api/chat/profile', { name: 'Ada', email: 'ada@example.com', role: 'learner', userId: 'bob' }],
      ['POST', CONVERSATIONS, { title: ' ' }],
      ['POST', url, { ...said, role: 'system' }],
      ['POST', url, { ...said, content: '' }],
      ['POST', url, { ...said, content: 'x'.repeat(32_001) }],
      ['POST', url, { ...said, timestamp: at(0) }],
      ['POST', url, { ...said, citations: [{ title: 'x' }] }],
      ...['a b', 'javascript:alert(1)', 'JaVaScRiPt:alert(1)', ' https://a', 'data:text/html,x', 'vbscript:x', 's3://notes/1', '//a', 'http://', '/a', 'https://a\n'].map((uri): ['POST', string, object] =>
        ['POST', url, { ...said, citations: [{ title: 'x', uri }] }]),
      ['POST', `${url}?reply=maybe`, said],
      ['POST', `${url}?reply=true`, { ...said, role: 'assistant' }],
      ['GET', `${url}?order=up`],
      ['GET', `${url}?limit=0`],
      ['GET', `${url}?limit=1001`],
      ['GET', `${url}/yesterday`],
      ['GET', `${url}/2025-12-20T10:30:00Z`],
      ['GET', `${CONVERSATIONS}/${conversationId}?messages=1001`],
      ['GET', `${CONVERSATIONS}?page=2`],
    ]
    for (const [method, url, body] of cases) {
      t.match((await ada.call(method, url, body)).json(), { statusCode: 400, code: 'VALIDATION_FAILED' }, `${method} ${url} ${JSON.stringify(body)?.slice(0, 80)}`)
    }
    t.equal((await ada.call('POST', CONVERSATIONS)).statusCode, 201, 'a conversation needs no body')
    t.match(await ada.post(conversationId, { content: 'x'.repeat(32_000) }), { timestamp: at(0) }, 'and none of it was taken before')
  })

  t.test('every answer above is as documented', async (t) => api.checkDocs(t))
})

test('a write that conflicts with a transaction is retried', async (t) => {
  t.intercept(Math, 'random', { value: () => 0 }) // no pauses
  let attempts = 0
  const send = async (command: unknown) => {
    t.ok(command instanceof UpdateCommand)
    if (++attempts < 3) throw new TransactionConflictException({ message: 'Transaction is ongoing for the item', $metadata: {} })
    return { Attributes: { PK: 'USER#ada', SK: 'CONV#a', GSI1SK: 'now', unread: 0 } }
  }
  const documents = { send } as unknown as DynamoDBDocumentClient // nothing else is called
  const { entries } = createChat({ config: { tables: { chat: 'chat' } }, aws: { documents }, clock: { now: () => 0 } })
  t.match(await entries.markRead('ada', 'a'), { conversationId: 'a', unread: 0 })
  t.equal(attempts, 3)
})
