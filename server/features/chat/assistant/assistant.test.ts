import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'tap'
import { ConversationNotFound } from '../errors.ts'
import { chatFeature, chatTables } from '../index.ts'
import type { Message } from '../schemas.ts'
import { CONVERSATIONS, chatApp, messagesUrl, type Page } from '../test-support/chat-app.ts'
import type { Assistant, AnswerPart } from './assistant.ts'
import { createCorpusAssistant } from './corpus-assistant.ts'
import { corpus } from './corpus.ts'

async function answerOf (question: string): Promise<{ text: string, titles: string[] }> {
  const parts: AnswerPart[] = []
  for await (const part of createCorpusAssistant(corpus).answer(question)) parts.push(part)
  return {
    text: parts.map((part) => 'text' in part ? part.text : '').join(''),
    titles: parts.flatMap((part) => 'citation' in part ? [part.citation.title] : []),
  }
}

/** The events of a stream, in order. */
const eventsOf = (text: string) => text.split('\n\n').filter(Boolean).map((one) => {
  const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(one)!
  return { name, data: JSON.parse(data!) as Record<string, unknown> }
})

test('the assistant selects passages by the words that they share with the question, and cites them', async (t) => {
  const questions: [question: string, title: string][] = [
    ['How do I remember what I have read?', 'Retrieval practice'],
    ['When will I get my CERTIFICATE?', 'Certificates'],
    ['can i retake an assessment', 'Assessments and retakes'],
    ['I cannot concentrate for long', 'Concentration and breaks'],
    ['my deadline has passed, is there an extension?', 'Deadlines and extensions'],
    ['Who sees my conversations?', 'Your data and privacy'],
    ['How should I prepare for exams?', 'Preparing for an exam'],
  ]
  for (const [question, title] of questions) {
    const { text, titles } = await answerOf(question)
    t.equal(titles[0], title, question)
    t.equal(text.match(/\[\d\]/g)?.length, titles.length, 'each citation has its mark')
    t.strictSame(await answerOf(question), { text, titles }, 'the same question has the same answer')
  }
  for (const question of ['?!', 'and the of', 'Wie spät ist es?', '\u{1F984}']) t.match(await answerOf(question), { text: /^I have found nothing about that\./, titles: [] }, question)
  t.equal(new Set(corpus.map(({ uri }) => uri)).size, corpus.length)
})

test('a message is answered', async (t) => {
  const api = await chatApp(t)
  const ada = await api.as('ada')
  const { conversationId } = await ada.start()
  const url = messagesUrl(conversationId)
  const question = { role: 'user', content: 'How do I remember what I have read?' }

  t.test('in the same answer with ?reply=true', async (t) => {
    const response = await ada.call('POST', `${url}?reply=true`, question)
    t.equal(response.statusCode, 201)
    const { reply, ...message } = response.json<{ data: Message & { reply: Message } }>().data
    t.match(message, question)
    t.match(reply, { role: 'assistant', content: /close the book/, citations: [{ title: 'Retrieval practice', uri: /^https:/, snippet: /\.\.\.$/ }] })
    t.ok(reply.timestamp > message.timestamp)
    t.strictSame(api.callsOf(response).map((call) => call.split(' ')[0]), ['TransactWriteItems', 'TransactWriteItems'], 'though the clock stands still')
    t.strictSame((await ada.get<Page<Message>>(url)).data, [message, reply], 'both are stored')
    t.match(await ada.get(CONVERSATIONS), { data: [{ unread: 1, lastMessage: { role: 'assistant', timestamp: reply.timestamp } }] })
    await api.clock.advance(10)
    t.equal((await ada.call('POST', `${url}?reply=true`, question)).json<{ data: { reply: Message } }>().data.reply.content, reply.content, 'the same each time')
  })

  t.test('as a stream of events', async (t) => {
    const response = await ada.call('POST', url, question, { accept: 'text/html, Text/Event-Stream;q=0.9' })
    t.equal(response.statusCode, 201)
    t.match(response.headers, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-request-id': /./ })
    const events = eventsOf(response.body)
    const deltas = events.slice(1, -1)
    t.ok(deltas.length > 10 && deltas.every(({ name }) => name === 'delta'), 'word by word')
    const [message, reply] = (await ada.get<Page<Message>>(`${url}?order=desc&limit=2`)).data.toReversed()
    t.strictSame([events[0], events.at(-1)], [{ name: 'message', data: message }, { name: 'reply', data: reply }], 'from the message to the answer, as they are stored')
    t.equal(deltas.map(({ data }) => data.text).join(''), reply!.content)
  })

  t.test('with an error before the stream like any other error', async (t) => {
    const response = await ada.call('POST', messagesUrl('unknown'), question, { accept: 'text/event-stream' })
    t.match(response.json(), { statusCode: 404, code: 'CONVERSATION_NOT_FOUND' })
  })

  api.checkDocs(t)
})

test('a slow answer is streamed as it is made, and stored even if the client disconnects', async (t) => {
  const gate: { open?: () => void } = {}
  const assistant: Assistant = {
    async * answer (question) {
      yield { text: 'One' }
      await new Promise<void>((resolve) => { gate.open = resolve })
      if (question === 'Delete me') throw new ConversationNotFound('x')
      if (question === 'Fail') throw new Error('secret')
      yield { text: ' two' }
    },
  }
  const api = await chatApp(t, {
    features: [{
      name: 'chat',
      tables: ({ chat }) => chatTables(chat),
      register: async (app, { chat }, dependencies) => { await app.register(chatFeature, { config: chat, assistant, ...dependencies }) },
    }],
  })
  const ada = await api.as('ada')
  const { conversationId } = await ada.start()
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = api.app.server.address() as AddressInfo // it listens on a port
  const { token } = await api.emulator.tokens.issue({ sub: 'ada' })

  async function ask (content: string) {
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'content-type': 'application/json' }
    const asked = request({ host: '127.0.0.1', port, path: messagesUrl(conversationId), method: 'POST', headers, agent: false })
    asked.end(JSON.stringify({ role: 'user', content }))
    const [[socket], [response]] = await Promise.all([once(api.app.server, 'connection'), once(asked, 'response')]) as [[Socket], [IncomingMessage]]
    response.setEncoding('utf8')
    response.on('error', () => {}) // of a request that is given up
    let text = ''
    response.on('data', (chunk: string) => { text += chunk })
    while (!text.includes('"One"')) await once(response, 'data')
    return { asked, socket, response, text: () => text }
  }

  const whole = await ask('Hello')
  t.notMatch(whole.text(), 'two', 'what is there is told at once')
  gate.open!()
  await once(whole.response, 'end')
  t.match(eventsOf(whole.text()).at(-1), { name: 'reply', data: { content: 'One two' } })

  const left = await ask('And then?')
  left.asked.destroy()
  await once(left.socket, 'close')
  gate.open!()
  let last: Message[] = []
  while (last.length < 4) last = (await ada.get<Page<Message>>(messagesUrl(conversationId))).data
  t.match(last.at(-1), { role: 'assistant', content: 'One two' })

  for (const [content, told] of [['Delete me', { statusCode: 404, code: 'CONVERSATION_NOT_FOUND' }], ['Fail', { statusCode: 500, code: 'INTERNAL_ERROR', message: 'Internal server error' }]] as const) {
    const failed = await ask(content)
    gate.open!()
    await once(failed.response, 'end')
    t.match(eventsOf(failed.text()).at(-1), { name: 'error', data: { status: 'error', ...told } }, content)
  }
})
