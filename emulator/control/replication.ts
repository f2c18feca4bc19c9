import { Type } from 'typebox'
import { ControlError } from './control-error.ts'
import { parseDuration } from './duration.ts'
import { members, route } from './route.ts'

const DURATION = 'a duration such as "1s" or "500ms"; "0s" for none'

const LagSchema = members({ lag: Type.String({ description: DURATION, examples: ['1s'] }) })

const LagStateSchema = members({ lagMs: Type.Number({ description: 'milliseconds' }) })

export const replicationRoutes = [
  route({
    method: 'GET',
    path: '/replication-lag',
    summary: 'How long after a write to a global table it arrives in other regions',
    answer: LagStateSchema,
    run: ({ replication }) => ({ lagMs: replication.lagMs }),
  }),
  route({
    method: 'PUT',
    path: '/replication-lag',
    summary: 'Sets how long after a write to a global table it arrives in other regions, writes in transit included',
    body: LagSchema,
    answer: LagStateSchema,
    run ({ replication }, { body }) {
      const ms = parseDuration(body.lag)
      if (ms === undefined) throw new ControlError(400, `"lag" takes ${DURATION}, not ${JSON.stringify(body.lag)}`)
      replication.lagMs = ms
      return { lagMs: replication.lagMs }
    },
  }),
]
