import cors from '@fastify/cors'
import fp from 'fastify-plugin'
import type { BrowserGuard } from '../../http/browser-guard.ts'
import { apiError } from '../core/errors.ts'

export const ForeignSite = apiError('FOREIGN_SITE', '%s. API_ALLOWED_HOSTS allows hosts, CORS_ORIGINS sites', 403)

/** A day, in seconds: how long a browser may keep the answer to its preflight request. */
const PREFLIGHT_SECONDS = 86_400

/** What pages in a browser may read beside the body. */
const EXPOSED = ['etag', 'location', 'link', 'deprecation', 'retry-after', 'x-request-id', 'x-sandtable-cost', 'content-range', 'accept-ranges', 'content-disposition']

/** Rejects what other sites send through a browser, and lets the pages of allowed origins call and read the answers. */
export const browserAccess = fp<{ guard: BrowserGuard }>(async (app, { guard }) => {
  app.addHook('onRequest', (request, _reply, done) => {
    const refusal = guard.refusal(request.method, request.headers)
    done(refusal === undefined ? undefined : new ForeignSite(refusal))
  })
  await app.register(cors, {
    // The guard has let the request pass: its origin is allowed.
    origin: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_SECONDS,
    strictPreflight: false,
  })
}, { name: 'browser-access', fastify: '5.x' })
