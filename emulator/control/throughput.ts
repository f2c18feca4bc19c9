import { Type } from 'typebox'
import { parseDuration } from './duration.ts'
import { ControlError } from './control-error.ts'
import { AccountSchema, members, route } from './route.ts'

const SideSchema = members({
  limits: Type.Array(members({
    limit: Type.String({ description: 'the last part of the reason of a request that it refuses' }),
    rate: Type.Number({ description: 'units a second' }),
    level: Type.Number({ description: 'units in the bucket; below 0 while a request larger than the bucket is paid off' }),
    size: Type.Number({ description: 'the most units that the bucket holds' }),
  })),
  used: Type.Number({ description: 'units in the last minute' }),
  refused: Type.Integer({ description: 'requests, items of batches and actions of transactions in the last minute' }),
})

const resource = {
  read: SideSchema,
  write: SideSchema,
  hottestKeys: Type.Array(members({ key: Type.Object({}, { description: 'the partition key, as DynamoDB writes it' }), units: Type.Number() }), {
    description: 'the ten partition keys with the most units since the start of the last whole minute',
  }),
}

const ThroughputSchema = members({
  throttling: Type.Boolean({ description: 'whether requests beyond a table\'s throughput are throttled' }),
  tables: Type.Array(members({
    table: Type.String(),
    billingMode: Type.String(),
    ...resource,
    indexes: Type.Array(members({ index: Type.String(), ...resource })),
  })),
})

const SwitchSchema = members({ throttling: Type.Boolean() })

const DURATION = 'a duration such as "2s" or "500ms"; "0s" for none'

const LagSchema = members({
  lag: Type.Union([Type.String({ description: DURATION }), Type.Record(Type.String(), Type.String({ description: DURATION }))], {
    description: 'of every table, or by table; "*" is all others', examples: ['2s', { orders: '2s' }],
  }),
})

const LagStateSchema = members({ lagMs: Type.Record(Type.String(), Type.Number(), { description: 'milliseconds by table; "*" is all others' }) })

export const throughputRoutes = [
  route({
    method: 'GET',
    path: '/throughput',
    summary: 'For each table and global index: its rate, what is in its buckets, what was used and refused in the last minute, its hottest keys',
    query: members({ account: Type.Optional(AccountSchema), region: Type.Optional(Type.String()), table: Type.Optional(Type.String({ description: 'only this table' })) }),
    answer: ThroughputSchema,
    run: ({ throughput }, { query }) => throughput.report(query),
  }),
  route({
    method: 'PUT',
    path: '/throughput',
    summary: 'Turns throttling on or off; on, every table starts with a second\'s worth of units',
    body: SwitchSchema,
    answer: SwitchSchema,
    run ({ throughput }, { body }) {
      throughput.throttling = body.throttling
      return { throttling: throughput.throttling }
    },
  }),
  route({
    method: 'GET',
    path: '/consistency-lag',
    summary: 'How long after a write it is seen by reads that are not strongly consistent',
    answer: LagStateSchema,
    run: ({ throughput }) => ({ lagMs: throughput.consistencyLag }),
  }),
  route({
    method: 'PUT',
    path: '/consistency-lag',
    summary: 'Sets how long after a write it is seen by reads that are not strongly consistent, and by those of global indexes',
    body: LagSchema,
    answer: LagStateSchema,
    async run ({ throughput }, { body }) {
      await throughput.setConsistencyLag(readLag(body.lag))
      return { lagMs: throughput.consistencyLag }
    },
  }),
]

function readLag (lag: string | Record<string, string>): number | Record<string, number> {
  return typeof lag === 'string' ? readDuration(lag) : Object.fromEntries(Object.entries(lag).map(([table, text]) => [table, readDuration(text)]))
}

function readDuration (text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new ControlError(400, `"lag" takes ${DURATION}, not ${JSON.stringify(text)}`)
  return ms
}
