import { ControlError, type ControlRoute } from './route.ts'

const FILTERS = ['causedBy', 'service', 'operation', 'resource', 'result', 'account'] as const

export const traceRoutes: ControlRoute[] = [
  {
    method: 'GET',
    path: '/trace',
    summary: `The last AWS calls, oldest first; ?after=&limit= and by ${FILTERS.join(', ')}`,
    run ({ trace }, { query }) {
      const filter = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? undefined]))
      return {
        sequence: trace.sequence,
        calls: trace.query({ ...filter, after: readCount(query, 'after'), limit: readCount(query, 'limit') }),
      }
    },
  },
]

function readCount (query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  if (value === null) return undefined
  if (!/^\d{1,15}$/.test(value)) throw new ControlError(400, `"${name}" takes a whole number, not ${JSON.stringify(value)}`)
  return Number(value)
}
