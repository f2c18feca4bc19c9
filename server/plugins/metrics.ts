import fp from 'fastify-plugin'
import { Counter, Histogram, Registry } from 'prom-client'
import { Type } from 'typebox'
import type { AwsCall } from '../aws/observed.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts one AWS call for `GET /metrics`. */
    countAwsCall: (call: AwsCall) => void
  }
}

/** Seconds. The latency targets are 5, 10 and 100 ms. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30]

const EXAMPLE = 'aws_calls_total{service="dynamodb",operation="GetItem",table="face-verifications",result="ok"} 42'

/** `GET /metrics`, for Prometheus: request latency by route, AWS calls by service, operation, table and result. */
export const metrics = fp((app, _options, done) => {
  const registry = new Registry()
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  })
  const awsCalls = new Counter({
    name: 'aws_calls_total',
    help: 'Calls to AWS; retries are part of a call',
    labelNames: ['service', 'operation', 'table', 'result'],
    registers: [registry],
  })

  app.decorate('countAwsCall', ({ service, operation, table, result }) => awsCalls.inc({ service, operation, table, result }))

  app.addHook('onResponse', (request, reply, done) => {
    // A path that is no route has no name: anybody could make up any number of them.
    const route = request.routeOptions.url ?? 'none'
    requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
    done()
  })

  app.get('/metrics', {
    config: { auth: { admin: true } },
    schema: {
      summary: 'Metrics for Prometheus (admin)',
      tags: ['operations'],
      response: {
        200: { description: 'Prometheus text format', content: { 'text/plain': { schema: Type.String(), example: EXAMPLE } } },
      },
    },
  }, async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()))

  done()
}, { name: 'metrics', fastify: '5.x' })
