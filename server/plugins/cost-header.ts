import fp from 'fastify-plugin'
import { costOfUnits, type PriceBook } from '../../cost/price-book.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Adds the units of one AWS call to those of an API request that is being served. */
    addToCost: (requestId: string | undefined, used: { readUnits?: number, writeUnits?: number }) => void
  }
}

/** An amount without an exponent. */
const decimal = (amount: number) => amount.toFixed(12).replace(/\.?0+$/, '')

/**
 * Tells in each answer what its calls of DynamoDB cost on demand. Work that goes on after an answer is not in it. Requests that have
 * the same id at the same time share their costs.
 */
export const costHeader = fp<{ prices: PriceBook }>((app, { prices }, done) => {
  const costs = new Map<string, { readUnits: number, writeUnits: number }>()

  app.decorate('addToCost', (requestId, { readUnits = 0, writeUnits = 0 }) => {
    const cost = requestId === undefined ? undefined : costs.get(requestId)
    if (!cost) return
    cost.readUnits += readUnits
    cost.writeUnits += writeUnits
  })

  app.addHook('onRequest', (request, _reply, done) => {
    costs.set(request.id, { readUnits: 0, writeUnits: 0 })
    done()
  })

  app.addHook('onSend', (request, reply, _payload, done) => {
    const used = costs.get(request.id)
    costs.delete(request.id)
    if (used) reply.header('x-sandtable-cost', `usd=${decimal(costOfUnits(prices, used))}, rcu=${used.readUnits}, wcu=${used.writeUnits}`)
    done()
  })

  app.addHook('onRequestAbort', (request, done) => {
    costs.delete(request.id)
    done()
  })

  done()
}, { name: 'cost-header', fastify: '5.x' })
