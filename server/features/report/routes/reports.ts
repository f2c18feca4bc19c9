import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { callerOf } from '../../../auth/user.ts'
import { answer } from '../../../core/answer.ts'
import { namesTag } from '../../../core/entity-tags.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { InvalidPageToken, type PageTokens } from '../../../core/page-token.ts'
import { errorResponses, PageQuerySchema, success } from '../../../core/schemas.ts'
import { InvalidIfMatch, ReportChanged, ReportNotFound } from '../errors.ts'
import { PAGE_TOKEN, REPORT } from '../examples.ts'
import { etagOf, versionsOf } from '../if-match.ts'
import type { ReportParts } from '../report.ts'
import {
  ConditionSchema, ConfirmedSchema, PatchReportSchema, ReadConditionSchema, ReportPageSchema, ReportParamsSchema, ReportSchema, WriteReportSchema, type Report, type ReportContent,
} from '../schemas.ts'
import { ME } from './me.ts'

const CREATED = 'Report created successfully'
const RETRIEVED = 'Report retrieved successfully'
const UPDATED = 'Report updated successfully'
const DELETED = 'Report deleted successfully'

/** What a PUT does not name is taken away. */
const NOTHING: Record<Exclude<keyof ReportContent, 'title'>, null> = { author: null, date: null, reference: null, favorites: null }

const ETAG = { etag: Type.String({ description: 'For If-Match', examples: ['"1"'] }) }
const { id } = REPORT
const badId = new ValidationFailed([{ path: 'params.id', reason: 'must NOT have more than 256 characters' }])
const badTitle = new ValidationFailed([{ path: 'body.title', reason: 'is required' }])
const notFound = new ReportNotFound(id)
const conditional = [new InvalidIfMatch(), notFound, new ReportChanged(id, '"2"')]
const busy = new StoreBusy('Table k9-reports-dev')

const reportAnswer = (message: string, version = 1, headers: object = ETAG) => ({
  ...success(ReportSchema, { message, data: { ...REPORT, version } }), headers,
})

/** The reports of the user of the token. Those of other users do not exist for them. */
export const reportRoutes: FastifyPluginAsyncTypebox<Pick<ReportParts, 'reports' | 'now'> & { pageTokens: PageTokens }> = async (api, { reports, now, pageTokens }) => {
  api.post('/reports', {
    config: ME,
    schema: {
      summary: 'Create a report',
      description: 'Access pattern: create a report. One PutItem, 1 WCU for each KB, and the same for the index. The body is parsed as JSON even if it is ' +
        'sent as a form, as curl does with -d.',
      tags: ['reports'],
      body: WriteReportSchema,
      response: {
        201: reportAnswer(CREATED, 1, { ...ETAG, location: Type.String({ description: 'Its path' }) }),
        ...errorResponses(badTitle, 413, 415, busy),
      },
    },
  }, async (request, reply) => {
    const at = now()
    const report: Report = { id: randomUUID(), user_id: callerOf(request).id, ...request.body, version: 1, created_at: at, updated_at: at }
    await reports.create(report)
    return reply.code(201)
      .headers({ etag: etagOf(report), location: `${request.routeOptions.url}/${report.id}` })
      .send(answer(CREATED, report))
  })

  api.get('/reports', {
    config: ME,
    schema: {
      summary: 'My reports, newest first',
      description: 'Access pattern: my reports. One Query on UserReportsIndex a page, 0.5 RCU for each 4 KB.',
      tags: ['reports'],
      querystring: PageQuerySchema,
      response: {
        200: success(ReportPageSchema, { message: 'Retrieved 1 reports', data: { count: 1, data: [REPORT], lastEvaluatedKey: PAGE_TOKEN } }),
        ...errorResponses(new ValidationFailed([{ path: 'query.limit', reason: 'must be <= 1000' }]), new InvalidPageToken(), busy),
      },
    },
  }, async (request) => {
    const { limit, lastEvaluatedKey } = request.query
    const userId = callerOf(request).id
    const scope = `reports/${userId}`
    const { items, lastKey } = await reports.listByUser({ userId, limit, startKey: pageTokens.decode(scope, lastEvaluatedKey) })
    return answer(`Retrieved ${items.length} reports`, { count: items.length, data: items, lastEvaluatedKey: pageTokens.encode(scope, lastKey) })
  })

  api.get('/reports/:id', {
    config: ME,
    schema: {
      summary: 'One of my reports',
      description: 'Access pattern: one report. One GetItem, 0.5 RCU for each 4 KB.',
      tags: ['reports'],
      params: ReportParamsSchema,
      headers: ReadConditionSchema,
      response: {
        200: reportAnswer(RETRIEVED),
        304: { description: 'The ETag matches `If-None-Match`', type: 'null', headers: ETAG },
        ...errorResponses(badId, notFound, busy),
      },
    },
  }, async (request, reply) => {
    const report = await reports.get({ id: request.params.id, userId: callerOf(request).id })
    const etag = etagOf(report)
    reply.header('etag', etag)
    if (namesTag(request.headers['if-none-match'], etag)) return reply.code(304).send(undefined as unknown as null) // a 304 has no body, which its schema calls null
    return reply.send(answer(RETRIEVED, report))
  })

  api.put('/reports/:id', {
    config: ME,
    schema: {
      summary: 'Replace one of my reports',
      description: 'Access pattern: replace a report. One conditional UpdateItem, 1 WCU for each KB, and the same for the index. ' +
        'Members that are not sent are removed. If-Match prevents two editors from overwriting each other.',
      tags: ['reports'],
      params: ReportParamsSchema,
      headers: ConditionSchema,
      body: WriteReportSchema,
      response: { 200: reportAnswer(UPDATED, 2), ...errorResponses(badTitle, ...conditional, 413, 415, busy) },
    },
  }, async (request, reply) => {
    const own = { id: request.params.id, userId: callerOf(request).id, versions: versionsOf(request.headers['if-match']) }
    const report = await reports.change(own, { ...NOTHING, ...request.body }, now())
    return reply.header('etag', etagOf(report)).send(answer(UPDATED, report))
  })

  api.patch('/reports/:id', {
    config: ME,
    schema: {
      summary: 'Change one of my reports',
      description: 'Access pattern: change a report. One conditional UpdateItem, 1 WCU for each KB, and the same for the index. ' +
        'Members that are not sent do not change; null removes one. If-Match is honoured.',
      tags: ['reports'],
      params: ReportParamsSchema,
      headers: ConditionSchema,
      body: PatchReportSchema,
      response: {
        200: reportAnswer(UPDATED, 2),
        ...errorResponses(new ValidationFailed([{ path: 'body', reason: 'must NOT have fewer than 1 properties' }]), ...conditional, 413, 415, busy),
      },
    },
  }, async (request, reply) => {
    const own = { id: request.params.id, userId: callerOf(request).id, versions: versionsOf(request.headers['if-match']) }
    const report = await reports.change(own, request.body, now())
    return reply.header('etag', etagOf(report)).send(answer(UPDATED, report))
  })

  api.delete('/reports/:id', {
    config: ME,
    schema: {
      summary: 'Delete one of my reports',
      description: 'Access pattern: delete a report. One conditional DeleteItem, 1 WCU for each KB, and the same for the index. If-Match is honoured.',
      tags: ['reports'],
      params: ReportParamsSchema,
      headers: ConditionSchema,
      response: { 200: success(ConfirmedSchema, { message: DELETED, data: { id } }), ...errorResponses(badId, ...conditional, busy) },
    },
  }, async (request) => {
    const { params: { id }, headers } = request
    await reports.remove({ id, userId: callerOf(request).id, versions: versionsOf(headers['if-match']) })
    return answer(DELETED, { id })
  })
}
