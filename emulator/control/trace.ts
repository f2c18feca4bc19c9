import { Type } from 'typebox'
import { AccountSchema, members, route } from './route.ts'

const Units = Type.Number({ minimum: 0 })
const Count = Type.Integer({ minimum: 0, description: 'a whole number' })

export const TracedCallSchema = members({
  sequence: Type.Integer({ minimum: 1, description: 'counts up from 1 for the life of the emulator' }),
  requestId: Type.String({ description: 'the id of the AWS call' }),
  causedBy: Type.Optional(Type.String({ description: 'the id of the API request that caused the call, when the caller said so' })),
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
  keys: Type.Optional(Type.Array(Type.Unknown(), { description: 'keys of the items or objects named in the request, in the service\'s own notation' })),
  capacity: Type.Optional(Type.Array(members({ resource: Type.String(), readUnits: Units, writeUnits: Units }))),
  items: Type.Optional(Type.Integer({ description: 'items read or written' })),
  unprocessed: Type.Optional(Type.Integer({ description: 'items that a batch gave back, since a fault rule throttled them' })),
  bytes: Type.Optional(Type.Integer({ description: 'bytes of the answer, or of an upload' })),
})

const FilterSchema = members({
  causedBy: Type.Optional(Type.String()),
  service: Type.Optional(Type.String()),
  operation: Type.Optional(Type.String()),
  resource: Type.Optional(Type.String()),
  result: Type.Optional(Type.String()),
  account: Type.Optional(AccountSchema),
  after: Type.Optional(Count),
  limit: Type.Optional(Count),
})

export const traceRoutes = [
  route({
    method: 'GET',
    path: '/trace',
    summary: 'The last AWS calls, oldest first',
    query: FilterSchema,
    answer: members({ sequence: Type.Integer({ minimum: 0 }), calls: Type.Array(TracedCallSchema) }),
    run: ({ trace }, { query }) => ({ sequence: trace.sequence, calls: trace.query(query) }),
  }),
]
