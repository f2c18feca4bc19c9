import { Readable } from 'node:stream'
import { Type, type Static } from 'typebox'
import { pause } from '../core/clock.ts'
import type { Trace, TraceFilter } from '../core/trace.ts'
import { ControlError } from './control-error.ts'
import { AccountSchema, members, route } from './route.ts'

const Units = Type.Number({ minimum: 0 })
const Count = Type.Integer({ minimum: 0, description: 'a whole number' })

export const TracedCallSchema = members({
  sequence: Type.Integer({ minimum: 1, description: 'counts up from 1 since the emulator started' }),
  requestId: Type.String({ description: 'the id of the AWS call' }),
  causedBy: Type.Optional(Type.String({ description: 'the id of the API request that caused the call, if the caller sent it' })),
  service: Type.String(),
  operation: Type.String(),
  account: Type.String(),
  region: Type.String(),
  startedAt: Type.Number({ description: 'epoch milliseconds on the emulator\'s clock' }),
  durationMs: Type.Number({ description: 'real time, not the emulator\'s' }),
  result: Type.String({ description: '"ok", or the error\'s code' }),
  readUnits: Units,
  writeUnits: Units,
  resource: Type.Optional(Type.String({ description: 'the table, bucket or collection; several, separated by commas, for a batch' })),
  index: Type.Optional(Type.String()),
  stream: Type.Optional(Type.String({ description: 'the label of a stream that records are read from' })),
  keys: Type.Optional(Type.Array(Type.Unknown(), { description: 'keys of the items or objects named in the request, in the service\'s own notation' })),
  capacity: Type.Optional(Type.Array(members({ resource: Type.String(), readUnits: Units, writeUnits: Units, local: Type.Optional(Type.Literal(true)) }))),
  items: Type.Optional(Type.Integer({ description: 'items read or written' })),
  attempt: Type.Optional(Type.Integer({ description: 'the number of the SDK\'s attempt, if it is not the first' })),
  unprocessed: Type.Optional(Type.Integer({ description: 'items that a batch returned as unprocessed because of a fault rule' })),
  cancellations: Type.Optional(Type.Array(Type.String(), { description: 'why each member of a transaction cancelled it' })),
  throttling: Type.Optional(Type.Array(members({ resource: Type.String(), reason: Type.String() }), { description: 'the tables and indexes that had no capacity left' })),
  reason: Type.Optional(Type.String({ description: 'why the call was refused, if the answer does not say' })),
  access: Type.Optional(Type.Array(members({
    action: Type.String(),
    resource: Type.String(),
    decision: Type.Union([Type.Literal('allowed'), Type.Literal('explicitDeny'), Type.Literal('implicitDeny')]),
    by: Type.Optional(Type.String({ description: 'the policy and statement that decided' })),
  }), { description: 'with IAM: what the call asked policies for' })),
  wouldDeny: Type.Optional(Type.String({ description: 'in audit mode: the error that the caller would have got' })),
  bytes: Type.Optional(Type.Integer({ description: 'bytes of the answer, or of an upload' })),
})

const Body = Type.Optional(Type.String({ description: 'JSON, which may be cut' }))
const KeepSchema = members({ keep: Type.Boolean() })

const Text = Type.Optional(Type.String())

const KEY = 'a key of an object, or a value in an item\'s key, with * for any characters; or JSON such as {"id":"a"}'
const TIME = 'a time in ISO 8601 or in epoch milliseconds, by the emulator\'s clock'

const filter = {
  requestId: Text,
  causedBy: Type.Optional(Type.String({ description: 'the id of the API request that caused the call' })),
  service: Text,
  operation: Text,
  resource: Type.Optional(Type.String({ description: 'a table, bucket or collection; * stands for any characters' })),
  index: Text,
  key: Type.Optional(Type.String({ description: KEY })),
  account: Type.Optional(AccountSchema),
  region: Text,
  result: Type.Optional(Type.String({ description: '"ok", or the error\'s code' })),
  failed: Type.Optional(Type.Boolean({ description: 'only calls that failed, or only those that did not' })),
  throttled: Type.Optional(Type.Boolean({ description: 'only calls of which a part or all was throttled, or only the others' })),
  denied: Type.Optional(Type.Boolean({ description: 'only calls that policies of IAM refused, or would have in audit mode, or only the others' })),
  since: Type.Optional(Type.String({ description: TIME })),
  minDurationMs: Type.Optional(Type.Number({ minimum: 0, description: 'a number of milliseconds' })),
  after: Type.Optional(Count),
}

const FollowSchema = members(filter)
const QuerySchema = members({ ...filter, limit: Type.Optional(Count) })

/** Keeps proxies from closing an idle stream. */
const KEEP_ALIVE_MS = 15_000

export const traceRoutes = [
  route({
    method: 'GET',
    path: '/trace',
    summary: 'The last AWS calls, oldest first; with limit, the newest that match',
    query: QuerySchema,
    answer: members({ sequence: Type.Integer({ minimum: 0 }), calls: Type.Array(TracedCallSchema) }),
    run: ({ trace }, { query }) => ({ sequence: trace.sequence, calls: trace.query({ ...readFilter(query), limit: query.limit }) }),
  }),
  route({
    method: 'GET',
    path: '/trace/stream',
    summary: 'The AWS calls as server-sent events, as they are made: new ones, or those after ?after= or Last-Event-ID',
    query: FollowSchema,
    download: 'text/event-stream',
    run: ({ trace }, { query, headers }) => streamCalls(trace, { ...readFilter(query), after: readLastEventId(headers['last-event-id']) ?? query.after }),
  }),
  route({
    method: 'GET',
    path: '/trace/calls/{sequence}',
    summary: 'One call, with its input and output where these are kept',
    params: members({ sequence: Type.String({ pattern: '^\\d{1,15}$', description: 'a sequence number' }) }),
    answer: members({ call: TracedCallSchema, input: Body, output: Body }),
    run ({ trace }, { params: { sequence } }) {
      const found = trace.find(Number(sequence))
      if (!found) throw new ControlError(404, `The trace has no call ${sequence}`)
      return found
    },
  }),
  route({
    method: 'GET',
    path: '/trace/bodies',
    summary: 'Whether inputs and outputs are kept',
    answer: KeepSchema,
    run: ({ trace }) => ({ keep: trace.bodies !== undefined }),
  }),
  route({
    method: 'PUT',
    path: '/trace/bodies',
    summary: 'Keeps the inputs and outputs of calls from now on, 64 KB of each, or no more',
    body: KeepSchema,
    answer: KeepSchema,
    run ({ trace }, { body }) {
      trace.keepBodies(body.keep)
      return body
    },
  }),
  route({
    method: 'DELETE',
    path: '/trace',
    summary: 'Deletes the recorded calls',
    answer: members({ cleared: Type.Integer({ minimum: 0 }) }),
    run: ({ trace }) => ({ cleared: trace.clear() }),
  }),
]

function readFilter ({ key, since, ...rest }: Static<typeof FollowSchema>): TraceFilter {
  return { ...rest, key: key === undefined ? undefined : readKey(key), since: since === undefined ? undefined : readTime(since) }
}

function readKey (text: string): TraceFilter['key'] {
  if (!text.startsWith('{')) return text
  try {
    return JSON.parse(text) as Record<string, unknown> // text that begins like this is an object, or not JSON
  } catch {
    throw new ControlError(400, `"key" takes ${KEY}, not ${JSON.stringify(text)}`)
  }
}

function readTime (text: string): number {
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isNaN(time)) throw new ControlError(400, `"since" takes ${TIME}, not ${JSON.stringify(text)}`)
  return time
}

function readLastEventId (id: string | undefined): number | undefined {
  if (id === undefined) return undefined
  if (!/^\d{1,15}$/.test(id)) throw new ControlError(400, `Last-Event-ID takes the id of an event of this stream, not ${JSON.stringify(id)}`)
  return Number(id)
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
function streamCalls (trace: Pick<Trace, 'follow'>, filter: TraceFilter): Readable {
  const leaving = new AbortController()
  // Sends a few events at a time. Nothing is buffered for a slow reader: it gets the number of lost calls instead.
  const stream = Readable.from(events(trace, filter, leaving.signal), { highWaterMark: 16 })
  stream.once('close', () => leaving.abort())
  return stream
}

async function * events (trace: Pick<Trace, 'follow'>, filter: TraceFilter, signal: AbortSignal): AsyncGenerator<string> {
  let lost = 0
  const calls = trace.follow(filter, { signal, onLost: (count) => { lost += count } })
  let next = calls.next()
  yield 'retry: 1000\n\n'
  for (;;) {
    const result = await unlessQuiet(next)
    if (lost > 0) {
      yield `event: lost\ndata: {"calls":${lost}}\n\n`
      lost = 0
    }
    if (result === undefined) {
      yield ': nothing new\n\n'
    } else if (result.done) {
      return
    } else {
      yield `id: ${result.value.sequence}\ndata: ${JSON.stringify(result.value)}\n\n`
      next = calls.next()
    }
  }
}

/** `undefined` when no call comes for a while. */
async function unlessQuiet<T> (next: Promise<T>): Promise<T | undefined> {
  const came = new AbortController()
  try {
    return await Promise.race([next, pause(KEEP_ALIVE_MS, { signal: came.signal, idle: true }).then(() => undefined)])
  } finally {
    came.abort()
  }
}
