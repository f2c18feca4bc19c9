import { Type } from 'typebox'
import { ControlError } from './control-error.ts'
import { members, route } from './route.ts'
import { parseDuration } from './duration.ts'

export const ClockStateSchema = members({
  now: Type.String({ format: 'date-time', description: 'ISO 8601 with milliseconds, UTC' }),
  epochMs: Type.Integer({ description: 'milliseconds since the Unix epoch' }),
  frozen: Type.Boolean(),
  autoAdvanceMs: Type.Optional(Type.Number({ description: 'by how much each throttled call advances a frozen clock' })),
})

const TIME = 'a time in ISO 8601 or in epoch milliseconds'
const DURATION = 'a duration such as "31d", "90s" or "PT1H"'

const SetClockSchema = members({
  now: Type.Union([Type.String(), Type.Number()], { description: TIME, examples: ['2027-01-01T00:00:00Z'] }),
})

const AdvanceClockSchema = members({
  by: Type.String({ description: DURATION, examples: ['31d'] }),
})

/** Read, set, advance, freeze, resume; each answers with the clock's new state. */
export const clockRoutes = [
  route({ method: 'GET', path: '/clock', summary: 'The time, and whether it runs', answer: ClockStateSchema, run: ({ clock }) => clock.state() }),
  route({
    method: 'PUT',
    path: '/clock',
    summary: 'Sets the time',
    body: SetClockSchema,
    answer: ClockStateSchema,
    async run ({ clock }, { body }) {
      await clock.set(readTime(body.now))
      return clock.state()
    },
  }),
  route({
    method: 'POST',
    path: '/clock/advance',
    summary: 'Moves the time forward; tasks that fall due run before the answer',
    body: AdvanceClockSchema,
    answer: ClockStateSchema,
    async run ({ clock }, { body }) {
      await clock.advance(readDuration(body.by))
      return clock.state()
    },
  }),
  route({
    method: 'PUT',
    path: '/clock/auto-advance',
    summary: 'Makes each throttled call advance a frozen clock by this much; "0s" turns it off',
    body: AdvanceClockSchema,
    answer: ClockStateSchema,
    run ({ clock }, { body }) {
      clock.autoAdvance(readDuration(body.by))
      return clock.state()
    },
  }),
  route({
    method: 'POST',
    path: '/clock/freeze',
    summary: 'Freezes the clock',
    answer: ClockStateSchema,
    async run ({ clock }) {
      await clock.freeze()
      return clock.state()
    },
  }),
  route({
    method: 'POST',
    path: '/clock/resume',
    summary: 'Lets the clock run again',
    answer: ClockStateSchema,
    async run ({ clock }) {
      await clock.resume()
      return clock.state()
    },
  }),
]

/** The last time that a JavaScript date can represent. */
const LAST_TIME = 8.64e15

function readTime (value: string | number): number {
  const time = typeof value === 'string' ? Date.parse(value) : value
  if (!Number.isFinite(time) || Math.abs(time) > LAST_TIME) {
    throw new ControlError(400, `"now" takes ${TIME}, not ${JSON.stringify(value)}`)
  }
  return Math.trunc(time)
}

function readDuration (value: string): number {
  const ms = parseDuration(value)
  if (ms === undefined) throw new ControlError(400, `"by" takes ${DURATION}, not ${JSON.stringify(value)}`)
  return ms
}
