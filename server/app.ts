import { fastify, type FastifyInstance } from 'fastify'
import { priceBookOf } from '../cost/price-book.ts'
import { BrowserGuard } from '../http/browser-guard.ts'
import { Lifecycle } from '../http/lifecycle.ts'
import type { LocalIssuer } from './auth/keys.ts'
import { createTokenVerifier } from './auth/verifier.ts'
import { AccessRecord } from './aws/access.ts'
import type { AwsClients } from './aws/clients.ts'
import { createFaceAnalyser } from './aws/face-analyser.ts'
import { createObjectStore } from './aws/object-store.ts'
import { observeAws } from './aws/observed.ts'
import { ConfigError, type Config } from './config.ts'
import type { Clock } from './core/clock.ts'
import { RequestLog, type LoggerOptions } from './core/logging.ts'
import { createPageTokens } from './core/page-token.ts'
import { currentRequestId } from './core/request-context.ts'
import type { Dependencies, Feature } from './features/feature.ts'
import { features as allFeatures } from './features/index.ts'
import { auth } from './plugins/auth.ts'
import { browserAccess } from './plugins/browser-access.ts'
import { batchedAnswers } from './plugins/batched-answers.ts'
import { costHeader } from './plugins/cost-header.ts'
import { docs } from './plugins/docs.ts'
import { answerClientError, errors, sendError, stalledAnswer } from './plugins/errors.ts'
import { health } from './plugins/health.ts'
import { loadShedding } from './plugins/load-shedding.ts'
import { metrics } from './plugins/metrics.ts'
import { requestDeadline } from './plugins/request-deadline.ts'
import { requestIdOf, requestIds } from './plugins/request-id.ts'
import { serialization } from './plugins/serialization.ts'
import { uploadsUpTo } from './plugins/uploads.ts'
import { validation } from './plugins/validation.ts'
import { allTables } from './tables.ts'

export interface AppOptions {
  config: Config
  aws: AwsClients
  clock: Clock
  /** Whether the store refuses writes because its disk is full. */
  isFull?: () => boolean
  /** The issuer whose tokens are accepted if `config.auth` names none: the emulator's, if it runs in this process. */
  localIssuer?: LocalIssuer
  /** Default: no log. See {@link loggerOptions}. */
  logger?: LoggerOptions
  /** How long (ms) the body of a request may stop arriving before the connection ends. Default: 60 seconds. */
  stalledBodyMs?: number
  /** Default: all of them. */
  features?: readonly Feature[]
}

/** A parameter may be as long as a request line, so that its schema refuses a long one and not the router. */
const LONGEST_PARAMETER = 16 * 1024

/**
 * The whole API as a Fastify application that is ready to listen or to be injected into.
 *
 * @throws {@link ConfigError} when every route needs a token and no token can be checked
 */
export async function buildApp ({ config, aws, clock, isFull, localIssuer, logger, stalledBodyMs, features = allFeatures }: AppOptions): Promise<FastifyInstance> {
  const { http } = config
  const verify = createTokenVerifier({ config: config.auth, localIssuer, clock })
  if (!verify && config.auth.mode === 'jwt') throw new ConfigError('AUTH_ISSUER', 'not set', 'the URL of the issuer whose tokens are accepted with AUTH_MODE=jwt')
  const requestLog = new RequestLog()
  const lifecycle = new Lifecycle({ stalledBodyMs, stalledAnswer: stalledAnswer() })
  const guard = new BrowserGuard({ listenHost: http.host, allowedHosts: http.allowedHosts, allowedOrigins: http.corsOrigins })
  const app: FastifyInstance = fastify({
    logger: logger ?? false,
    logController: requestLog,
    genReqId: requestIdOf,
    http: { ServerResponse: lifecycle.serverOptions.ServerResponse },
    bodyLimit: http.bodyLimit,
    requestTimeout: http.requestTimeoutMs,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    // While it closes, a request on an open connection is still served, and the connection closed after it.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      sendError(error, request, reply)
      requestLog.requestCompleted(null, request, reply)
    },
    clientErrorHandler: answerClientError,
  })

  lifecycle.attach(app.server)
  app.addHook('preClose', () => lifecycle.beginClose(app.server))

  // Bodies are JSON or forms: text is another media type, not invalid JSON.
  app.removeContentTypeParser('text/plain')

  // What applies to every request comes first; the docs and the metrics must be registered before the routes they describe.
  await app.register(requestIds)
  await app.register(browserAccess, { guard })
  await app.register(requestDeadline, { timeoutMs: http.requestTimeoutMs })
  await app.register(errors)
  await app.register(batchedAnswers)
  await app.register(validation)
  await app.register(serialization)
  await app.register(docs)
  // The documentation needs no token, so it is registered before the check.
  await app.register(auth, { mode: config.auth.mode, verify })
  await app.register(metrics)
  if (http.costHeader) await app.register(costHeader, { prices: await priceBookOf(config.aws.region) })
  const access = new AccessRecord()
  const observed = observeAws(aws, (call, error) => {
    app.countAwsCall(call)
    if (http.costHeader) app.addToCost(currentRequestId(), call)
    if (!access.record(call, error)) return
    const { service, operation, table } = call
    app.log.error({ requestId: currentRequestId(), action: `${service}:${operation}`, table, err: error }, `AWS denied access: ${service}:${operation}${table && ` on ${table}`}`)
  }, { metered: http.costHeader })
  await app.register(health, { store: config.store, aws: observed, bucket: config.aws.bucket, access, tables: allTables(config, features), isFull })

  const dependencies: Dependencies = {
    aws: observed,
    clock,
    pageTokens: createPageTokens(config.pageTokenSecret),
    objects: createObjectStore(observed.s3, config.aws.bucket),
    faces: createFaceAnalyser(observed.rekognition),
    uploads: uploadsUpTo(http.uploadLimit),
  }
  const serve = (prefix: string, served: readonly Feature[]) => app.register(async (api) => {
    // Registered only for features: health and metrics have to answer while other requests are rejected.
    await api.register(loadShedding, { maxEventLoopDelayMs: http.maxEventLoopDelayMs })
    for (const feature of served) await feature.register(api, config, dependencies)
  }, { prefix })
  await serve('/api', features)
  await serve('', features.filter(({ alsoWithoutPrefix }) => alsoWithoutPrefix))

  await app.ready()
  return app
}
