import { Type } from 'typebox'
import { costOfCalls } from '../../cost/calls.ts'
import { loadPriceBook, priceBookNames } from '../../cost/price-book.ts'
import { ControlError } from './control-error.ts'
import { AccountSchema, members, route } from './route.ts'

const Text = Type.Optional(Type.String())
const Amount = Type.Number({ minimum: 0 })

export const costRoutes = [
  route({
    method: 'GET',
    path: '/cost',
    summary: 'What DynamoDB charges on demand, without a free tier, for the calls that the trace still has: by table or index, and by operation',
    query: members({
      prices: Type.Optional(Type.String({ description: 'a price book by name; default: that of us-east-1' })),
      account: Type.Optional(AccountSchema),
      region: Text,
      resource: Type.Optional(Type.String({ description: 'only calls on this table' })),
      operation: Text,
      causedBy: Type.Optional(Type.String({ description: 'only calls of this API request' })),
      after: Type.Optional(Type.Integer({ minimum: 0, description: 'only calls after this sequence number' })),
    }),
    answer: members({
      sequence: Type.Integer({ minimum: 0, description: 'of the last call that was counted, for the next after' }),
      prices: members({ name: Type.String(), region: Type.String(), currency: Type.String(), asOf: Type.String() }),
      total: Amount,
      operations: Type.Array(members({
        resource: Type.String({ description: 'a table, or table/index' }),
        operation: Type.String(),
        calls: Type.Integer({ minimum: 0 }),
        readUnits: Amount,
        writeUnits: Amount,
        price: Amount,
      })),
    }),
    async run ({ trace }, { query: { prices = 'aws-2026-11', ...filter } }) {
      const names = await priceBookNames()
      if (!names.includes(prices)) throw new ControlError(400, `There is no price book ${prices}; there are ${names.join(', ')}`)
      const { name, region, currency, asOf, ...book } = await loadPriceBook(prices)
      const operations = costOfCalls({ name, region, currency, asOf, ...book }, trace.query({ ...filter, service: 'dynamodb' }))
      return { sequence: trace.sequence, prices: { name, region, currency, asOf }, total: operations.reduce((sum, { price }) => sum + price, 0), operations }
    },
  }),
]
