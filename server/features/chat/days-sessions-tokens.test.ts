import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { test } from 'tap'
import { analyse } from './analytics-service.ts'
import { createChat } from './chat.ts'
import type { Analytics, Conversation, EmailToken, Session } from './schemas.ts'
import { chatApp, CONVERSATIONS } from './test-support/chat-app.ts'

const ANALYTICS = '/api/chat/analytics/conversations'
const SESSIONS = '/api/chat/sessions'
const TOKENS = '/api/chat/tokens'
const DAY_MS = 86_400_000

test('conversations by day', async (t) => {
  const api = await chatApp(t)
  const users = [await api.as('ada'), await api.as('bob')]
  const admin = await api.as('grace', 'admin')
  const started: Conversation[] = []
  await api.clock.advance(28 * DAY_MS) // to March 29th, at noon
  for (const count of [2, 0, 3, 1, 4]) {
    for (let index = 0; index < count; index++) {
      started.push(await users[index % 2]!.start(`${index}`))
      await api.clock.advance(1)
    }
    await api.clock.advance(DAY_MS)
  }
  const dayOf = ({ startedAt }: Conversation) => startedAt.slice(0, 10)

  t.test('a range across the end of a month equals a Scan, with one Query a day', async (t) => {
    const response = await admin.call('GET', `${ANALYTICS}?from=2026-03-28&to=2026-04-02`)
    t.strictSame(api.callsOf(response), Array<string>(6).fill('Query 0.5'))
    const { data } = response.json<{ data: Analytics }>()
    t.match(data, { from: '2026-03-28', to: '2026-04-02', count: 10 })
    t.strictSame(data.days.map(({ date, count }) => [date, count]), [
      ['2026-03-28', 0], ['2026-03-29', 2], ['2026-03-30', 0], ['2026-03-31', 3], ['2026-04-01', 1], ['2026-04-02', 4],
    ])
    t.strictSame(data.days.flatMap(({ conversations }) => conversations), started, 'all of them, in the order in which they began')
    t.strictSame((await api.itemsOf('METADATA')).map(({ PK }) => PK).sort(), started.map(({ conversationId }) => `CONV#${conversationId}`).sort())

    const one = await admin.call('GET', `${ANALYTICS}?date=2026-03-31`)
    t.strictSame(one.json<{ data: Analytics }>().data.days, [{ date: '2026-03-31', count: 3, conversations: started.filter((each) => dayOf(each) === '2026-03-31') }])
    t.strictSame(api.callsOf(one), ['Query 0.5'])
    t.strictSame(await admin.get(`${ANALYTICS}?date=2026-03-31&conversations=false`), { from: '2026-03-31', to: '2026-03-31', count: 3, days: [{ date: '2026-03-31', count: 3 }] })
    t.equal((await admin.get<Analytics>(`${ANALYTICS}?from=2025-12-30&to=2026-03-31`)).days.length, 92, 'as many days as may be')
  })

  t.test('a deleted conversation does not count', async (t) => {
    const { conversationId } = started.pop()!
    await users[1]!.call('DELETE', `${CONVERSATIONS}/${conversationId}`)
    t.equal((await admin.get<Analytics>(`${ANALYTICS}?date=2026-04-02`)).count, 3)
  })

  t.test('a day of more than 1 MB is read to its end, and an answer is limited', async (t) => {
    const { chat: table } = api.config.chat.tables
    for (let index = 0; index < 12; index++) {
      const id = `conv_${String(index).padStart(2, '0')}`
      await api.aws.documents.send(new PutCommand({
        TableName: table,
        Item: { PK: `CONV#${id}`, SK: 'METADATA', GSI1PK: 'DATE#2024-02-29', GSI1SK: `CONV#${id}`, userId: 'ada', startedAt: '2024-02-29T00:00:00.000Z', other: 'x'.repeat(100_000) },
      }))
    }
    const response = await admin.call('GET', `${ANALYTICS}?date=2024-02-29`)
    t.equal(api.callsOf(response).length, 2)
    t.strictSame(response.json<{ data: Analytics }>().data.days[0]!.conversations!.map(({ conversationId }) => Number(conversationId.slice(-2))), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    const { conversations } = createChat({ config: api.config.chat, aws: api.aws, clock: api.clock })
    await t.rejects(analyse({ date: '2024-02-29', conversations: true }, { conversations, most: 11 }), { statusCode: 400, code: 'TOO_MANY_CONVERSATIONS' })
    t.match(await analyse({ date: '2024-02-29', conversations: false }, { conversations, most: 11 }), { count: 12 })
  })

  t.test('invalid days are reported, and only admins learn anything', async (t) => {
    const cases = [
      '', '?from=2026-03-01', '?to=2026-03-01', '?date=2026-03-01&to=2026-03-02', '?date=2026-02-30', '?date=today', '?date=2026-3-1',
      '?from=2026-03-02&to=2026-03-01', '?from=2025-12-30&to=2026-04-01', '?date=2026-03-01&userId=ada',
    ]
    for (const query of cases) t.match((await admin.call('GET', ANALYTICS + query)).json(), { statusCode: 400, code: 'VALIDATION_FAILED' }, query)
    t.match((await users[0]!.call('GET', `${ANALYTICS}?date=2026-03-01`)).json(), { statusCode: 403, code: 'ADMIN_ONLY' })
  })

  api.checkDocs(t)
})

test('sessions and tokens', async (t) => {
  const api = await chatApp(t)
  const [ada, bob] = [await api.as('ada'), await api.as('bob')]
  const now = () => Math.floor(api.clock.now() / 1000)

  async function session (body?: object): Promise<Session> {
    return (await ada.call('POST', SESSIONS, body)).json<{ data: Session }>().data
  }

  t.test('a session lasts an hour, to the second, for its user only', async (t) => {
    const started = await ada.call('POST', SESSIONS)
    t.equal(started.statusCode, 201)
    t.strictSame(api.callsOf(started), ['PutItem 2'])
    const { data } = started.json<{ data: Session }>()
    t.match(data, { sessionId: /^ses_[\w-]{32}$/, userId: 'ada', expiresAt: now() + 3600 })
    const url = `${SESSIONS}/${data.sessionId}`
    t.equal(started.headers.location, url)
    const read = await ada.call('GET', url)
    t.strictSame([read.json<{ data: Session }>().data, api.callsOf(read)], [data, ['GetItem 0.5']])
    t.match((await bob.call('GET', url)).json(), { statusCode: 404, code: 'SESSION_NOT_FOUND' })
    t.equal((await bob.call('DELETE', url)).statusCode, 404)

    await api.clock.advance(3_599_000)
    t.equal((await ada.call('GET', url)).statusCode, 200)
    await api.aws.documents.send(new PutCommand({ TableName: api.config.chat.tables.chat, Item: { PK: 'SESSION#late', SK: 'DATA', userId: 'ada', createdAt: data.createdAt, expiresAt: now() } }))
    for (const method of ['GET', 'DELETE'] as const) t.equal((await ada.call(method, `${SESSIONS}/late`)).statusCode, 404, 'from its second on, though the table still has it')
    t.equal((await api.itemsOf('SESSION#late')).length, 1)
    await api.clock.advance(1_000)
    for (const method of ['GET', 'DELETE'] as const) t.equal((await ada.call(method, url)).statusCode, 404, method)
  })

  t.test('a session ends when it is deleted, or after the requested time', async (t) => {
    const { sessionId, expiresAt } = await session({ ttlSeconds: 60 })
    t.equal(expiresAt, now() + 60)
    const ended = await ada.call('DELETE', `${SESSIONS}/${sessionId}`)
    t.strictSame([ended.statusCode, api.callsOf(ended)], [200, ['DeleteItem 2']])
    for (const method of ['GET', 'DELETE'] as const) t.equal((await ada.call(method, `${SESSIONS}/${sessionId}`)).statusCode, 404)
    for (const ttlSeconds of [0, -1, 1.5, '60', 2_592_001]) t.equal((await ada.call('POST', SESSIONS, { ttlSeconds })).statusCode, 400, String(ttlSeconds))
  })

  const issue = async () => (await ada.call('POST', TOKENS, { purpose: 'verify', email: 'ada@example.com' })).json<{ data: EmailToken }>().data
  const consume = (token: string, { user = ada, purpose = 'verify' } = {}) => user.call('POST', `${TOKENS}/consume`, { purpose, token })

  t.test('a token works once, when twenty requests use it at once', async (t) => {
    const { token, ...issued } = await issue()
    t.strictSame(issued, { purpose: 'verify', email: 'ada@example.com', expiresAt: now() + 86_400 })
    const tried = await Promise.all(Array.from({ length: 20 }, () => consume(token)))
    const [won, ...others] = tried.filter(({ statusCode }) => statusCode === 200)
    t.strictSame([won?.json<{ data: object }>().data, others.length], [{ purpose: 'verify', email: 'ada@example.com', userId: 'ada' }, 0])
    t.strictSame(api.callsOf(won!), ['GetItem 1', 'DeleteItem 2'])
    t.equal(tried.filter(({ statusCode }) => statusCode === 404).length, 19)
    t.strictSame(await api.itemsOf('TOKEN#'), [], 'and then there is none')
  })

  t.test('a wrong token, purpose or user is refused with the same message, and does not use up the token', async (t) => {
    const { token } = await issue()
    const [id = '', secret = ''] = token.split('.')
    const other = await issue()
    const wrong = [
      id, `${id}.`, `.${secret}`, `${id}.${secret}.`, `${id}.${secret.slice(1)}`, `${id}.${other.token.split('.')[1]}`, `x${token}`, token.toUpperCase(), 'x', '.', '..',
      `${id}#.${secret}`, `-${id}.${secret}`,
    ]
    const refused = [
      ...await Promise.all(wrong.map((each) => consume(each))),
      await consume(token, { user: bob }),
      await consume(token, { purpose: 'reset' }),
    ]
    for (const response of refused) t.match(response.json(), { statusCode: 404, code: 'EMAIL_TOKEN_NOT_FOUND', message: /^This token is not valid, or no longer valid, for (verify|reset)$/ })
    const [stored] = await api.itemsOf(`TOKEN#verify-${id}`)
    t.notMatch(JSON.stringify(stored), secret, 'the table does not tell the secret')
    for (const body of [{ purpose: 'verify' }, { purpose: 'Verify', token }, { purpose: 'a-b', token }, { purpose: 'verify', token: '' }, { purpose: 'verify', token, x: 1 }]) {
      t.equal((await ada.call('POST', `${TOKENS}/consume`, body)).statusCode, 400, JSON.stringify(Object.keys(body)))
    }
    t.equal((await consume(token)).statusCode, 200)
    await api.clock.advance(86_399_000)
    t.equal((await consume((await issue()).token)).statusCode, 200)
    await api.clock.advance(1_000)
    t.equal((await consume(other.token)).statusCode, 404, 'after a day it is over')
  })

  api.checkDocs(t)
})
