import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { BadAlarmTarget, type Deliveries } from '../cloudwatch/alarms/deliveries.ts'
import type { AlarmStateChange } from '../cloudwatch/alarms/notifications.ts'
import { ControlError } from './control-error.ts'
import { members, route } from './route.ts'

const TargetSchema = members({
  arn: Type.String({ minLength: 1, maxLength: 1024, description: 'the ARN of an action, as an alarm names it' }),
  url: Type.String({ description: 'where the action is sent by POST; a URL of this machine' }),
})

/** Keeps proxies from closing an idle stream. */
const KEEP_ALIVE_MS = 15_000

export const alarmRoutes = [
  route({
    method: 'GET',
    path: '/alarms/events',
    summary: 'The alarms that change their state, as server-sent events',
    download: 'text/event-stream',
    run: ({ alarms }) => streamChanges(alarms),
  }),
  route({
    method: 'GET',
    path: '/alarms/targets',
    summary: 'The URLs that stand for actions of alarms',
    answer: members({ targets: Type.Array(TargetSchema) }),
    run: ({ alarms }) => ({ targets: alarms.targets() }),
  }),
  route({
    method: 'PUT',
    path: '/alarms/targets',
    summary: 'Has a URL called whenever an alarm executes the action of an ARN: it gets what SNS, Lambda or EventBridge would deliver',
    body: TargetSchema,
    answer: TargetSchema,
    run: ({ alarms }, { body }) => alarms.setTarget(body.arn, body.url).catch((error: unknown) => {
      throw error instanceof BadAlarmTarget ? new ControlError(400, error.message) : error
    }),
  }),
  route({
    method: 'DELETE',
    path: '/alarms/targets',
    summary: 'Ends that a URL stands for an action',
    query: members({ arn: Type.String() }),
    answer: members({ removed: Type.Integer() }),
    async run ({ alarms }, { query }) {
      if (!await alarms.removeTarget(query.arn)) throw new ControlError(404, `No URL stands for ${query.arn}`)
      return { removed: 1 }
    },
  }),
]

/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
function streamChanges (alarms: Pick<Deliveries, 'follow'>): Readable {
  const leaving = new AbortController()
  const stream = Readable.from(events(alarms, leaving.signal), { highWaterMark: 16 })
  stream.once('close', () => leaving.abort())
  return stream
}

async function * events (alarms: Pick<Deliveries, 'follow'>, signal: AbortSignal): AsyncGenerator<string> {
  const changes = alarms.follow({ signal, quietMs: KEEP_ALIVE_MS })
  // The first is asked for before anything is answered, so that nothing is missed from then on.
  let next = changes.next()
  yield 'retry: 1000\n\n'
  for (;;) {
    const result: IteratorResult<AlarmStateChange | undefined, void> = await next
    if (result.done) return
    const { value } = result
    yield value === undefined ? ': nothing new\n\n' : `id: ${value.sequence}\nevent: stateChange\ndata: ${JSON.stringify(value)}\n\n`
    next = changes.next()
  }
}
