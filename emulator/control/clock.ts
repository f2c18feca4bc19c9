import { ControlError, type ControlRoute } from './route.ts'
import { parseDuration } from './duration.ts'

/** Read, set, advance, freeze, resume; each answers the clock's state after it. */
export const clockRoutes: ControlRoute[] = [
  { method: 'GET', path: '/clock', summary: 'The time, and whether it runs', run: ({ clock }) => clock.state() },
  {
    method: 'PUT',
    path: '/clock',
    summary: 'Sets the time: {"now": ISO 8601 or epoch milliseconds}',
    async run ({ clock }, { body }) {
      await clock.set(readTime(body.now))
      return clock.state()
    },
  },
  {
    method: 'POST',
    path: '/clock/advance',
    summary: 'Moves the time forward: {"by": "31d" or "PT1H"}; all that falls due is done before the answer',
    async run ({ clock }, { body }) {
      await clock.advance(readDuration(body.by))
      return clock.state()
    },
  },
  {
    method: 'POST',
    path: '/clock/freeze',
    summary: 'Stops the time where it is',
    run ({ clock }) {
      clock.freeze()
      return clock.state()
    },
  },
  {
    method: 'POST',
    path: '/clock/resume',
    summary: 'Lets the time run on',
    run ({ clock }) {
      clock.resume()
      return clock.state()
    },
  },
]

/** The last time that a JavaScript date can hold. */
const LAST_TIME = 8.64e15

function readTime (value: unknown): number {
  const time = typeof value === 'string' ? Date.parse(value) : value
  if (typeof time !== 'number' || !Number.isFinite(time) || Math.abs(time) > LAST_TIME) {
    throw new ControlError(400, `"now" takes a time in ISO 8601 or in epoch milliseconds, not ${JSON.stringify(value)}`)
  }
  return Math.trunc(time)
}

function readDuration (value: unknown): number {
  const ms = typeof value === 'string' ? parseDuration(value) : undefined
  if (ms === undefined) throw new ControlError(400, `"by" takes a duration such as "31d", "90s" or "PT1H", not ${JSON.stringify(value)}`)
  return ms
}
