import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { AccessRecord } from '../aws/access.ts'
import type { AwsClients } from '../aws/clients.ts'
import { describeTables, type TableDefinition } from '../aws/tables.ts'
import type { Config } from '../config.ts'
import { apiError, awsOutage, type ApiError, type AwsOutage, type Fault } from '../core/errors.ts'
import { choice, errorResponses, success } from '../core/schemas.ts'

const NotReadyError = apiError('NOT_READY', 'Not ready: %s', 503, { 'retry-after': '2' })

/** 503, with one detail for each table that is not there. */
class NotReady extends NotReadyError {
  override readonly details: readonly Fault[]

  constructor (details: readonly Fault[], cause?: unknown) {
    super(details.map(({ path, reason }) => `${path} ${reason}`).join('; '), { cause })
    this.details = details
  }
}

const notReady: ApiError = new NotReady([{ path: 'face-verifications', reason: 'does not exist. Create it with: npx sandtable tables create' }])

const HealthSchema = success(Type.Object({ uptimeSeconds: Type.Number() }), { message: 'Running', data: { uptimeSeconds: 12.5 } })
const ReadySchema = success(
  Type.Object({
    store: choice(['embedded', 'dynamodb']),
    tables: Type.Array(Type.Object({ name: Type.String(), status: Type.String() })),
  }),
  { message: 'Ready', data: { store: 'embedded', tables: [{ name: 'events', status: 'ACTIVE' }] } }
)

/** Why no table can be described. */
const REASONS: Readonly<Record<AwsOutage, string>> = {
  busy: 'is too busy to answer', unreachable: 'cannot be reached', failed: 'had an internal error', denied: 'access denied',
}

export interface HealthOptions {
  store: Config['store']
  aws: AwsClients
  bucket: string
  access: AccessRecord
  tables: readonly TableDefinition[]
  /** Whether the store refuses writes because its disk is full. */
  isFull?: () => boolean
}

const FULL = 'the disk of its data directory is full'

/** `GET /health`: the process lives. `GET /ready`: the store can be reached, and its tables are there. */
export const health: FastifyPluginAsyncTypebox<HealthOptions> = async (app, { store, aws, bucket, access, tables, isFull = () => false }) => {
  app.get('/health', {
    config: { auth: { token: 'never' } },
    schema: { summary: 'Whether the process runs', tags: ['operations'], response: { 200: HealthSchema } },
  }, async () => ({ status: 'success' as const, message: isFull() ? `Running, but ${FULL}` : 'Running', data: { uptimeSeconds: process.uptime() } }))

  app.get('/ready', {
    config: { auth: { token: 'never' } },
    schema: {
      summary: 'Whether the store can be reached and its tables exist',
      tags: ['operations'],
      response: { 200: ReadySchema, ...errorResponses(notReady) },
    },
  }, async () => {
    const found = await describeTables(aws.dynamodb, tables).catch((error: unknown) => {
      throw new NotReady([{ path: 'store', reason: REASONS[awsOutage(error) ?? 'unreachable'] }], error)
    })
    const faults = found.flatMap(({ name, status }) => {
      if (status === 'ACTIVE') return []
      return [{ path: name, reason: status === 'MISSING' ? 'does not exist. Create it with: npx sandtable tables create' : `is ${status}` }]
    })
    if (isFull()) faults.push({ path: 'store', reason: `cannot write: ${FULL}` })
    for (const service of await access.denied(aws, bucket)) faults.push({ path: service, reason: 'access denied' })
    if (faults.length > 0) throw new NotReady(faults)
    return { status: 'success' as const, message: 'Ready', data: { store, tables: found.map(({ name, status }) => ({ name, status })) } }
  })
}
