import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { summarize } from '../core/activity.ts'
import { pause, stopwatch } from '../core/clock.ts'
import type { Trace } from '../core/trace.ts'
import { members, route } from './route.ts'

/** How often a follower gets an update, in ms of real time. */
const INTERVAL_MS = 1000

export const activityRoutes = [
  route({
    method: 'GET',
    path: '/activity/stream',
    summary: 'What the calls of each second of real time come to, as server-sent events: calls, failures and units, by service',
    query: members({ exceptCausedBy: Type.Optional(Type.String({ description: 'leaves out the calls that one cause has, such as those of whoever watches' })) }),
    download: 'text/event-stream',
    run: ({ trace }, { query }) => follow(trace, query.exceptCausedBy),
  }),
]

function follow (trace: Trace, exceptCausedBy: string | undefined): Readable {
  const leaving = new AbortController()
  const stream = Readable.from(events(trace, { exceptCausedBy, signal: AbortSignal.any([leaving.signal, trace.ending]) }), { highWaterMark: 2 })
  stream.once('close', () => leaving.abort())
  return stream
}

async function * events (trace: Trace, { exceptCausedBy, signal }: { exceptCausedBy?: string, signal: AbortSignal }): AsyncGenerator<string> {
  let after = trace.sequence
  let began = stopwatch()
  yield 'retry: 1000\n\n'
  for (;;) {
    await pause(INTERVAL_MS, { signal, idle: true })
    if (signal.aborted) return
    const ended = stopwatch()
    const activity = summarize(trace, { after, exceptCausedBy })
    after = activity.sequence
    yield `data: ${JSON.stringify({ ms: Math.round(ended - began), ...activity })}\n\n`
    began = ended
  }
}
