import type { MetadataBearer, RetryStrategy, RetryStrategyV2, StandardRetryToken } from '@smithy/types'
import type { DirectResult } from './core/protocol/direct-call.ts'
import type { InProcessOptions } from './in-process-handler.ts'

/** How commands of a client are executed without the SDK's middleware. */
export interface DirectWay<Command> {
  /** Starts the command's operation; `undefined` for a command that needs the SDK. Never throws. */
  start (command: Command): DirectResult | Promise<DirectResult> | undefined
  /** The operation's output as the SDK would return it, as a new object. */
  read (command: Command, output: Record<string, unknown>): object
}

type Send = (command: unknown, options?: InProcessOptions) => Promise<unknown>

/** The members of any SDK client that are used here. */
interface DirectClient {
  send: unknown
  config: { retryStrategy: () => Promise<RetryStrategy | RetryStrategyV2> }
}

/**
 * Has a client's commands call the emulator at once: no HTTP request is built, no middleware runs. When an operation
 * fails, the failure in hand becomes the first attempt's response of the SDK's own way, so that retries, error classes and
 * metadata are the SDK's and nothing is executed twice. A success is reported to the client's retry strategy.
 *
 * The SDK's `send` is overloaded for callbacks too, which no function of ours can be; those calls go the SDK's way, as do
 * the ones that can be aborted.
 */
export function sendDirectly<Command> (client: DirectClient, way: DirectWay<Command>): void {
  const send = (client.send as Send).bind(client) // every SDK client's is one
  const refillRetryQuota = retryQuotaOf(client)
  async function finish (command: Command, direct: DirectResult | Promise<DirectResult>, options?: InProcessOptions): Promise<unknown> {
    const result = direct instanceof Promise ? await direct : direct
    if ('failure' in result) return send(command, { ...options, firstResponse: { response: result.failure } })
    refillRetryQuota()
    // Set on the parsed object: spreading it into another object takes several times as long.
    const answer: Partial<MetadataBearer> = way.read(command, result.output)
    answer.$metadata = { httpStatusCode: 200, requestId: result.requestId, extendedRequestId: undefined, cfId: undefined, attempts: 1, totalRetryDelay: 0 }
    return answer
  }
  client.send = (command: Command, options?: InProcessOptions) => {
    const direct = typeof options === 'function' || options?.abortSignal ? undefined : way.start(command)
    return direct ? finish(command, direct, options) : send(command, options)
  }
}

/** The part of the SDK's retry state that a successful first attempt has. */
const FIRST_ATTEMPT: StandardRetryToken = { getRetryCount: () => 0, getRetryDelay: () => 0, getRetryCost: () => undefined }

/**
 * The SDK's retry strategies take retries from a quota that successes refill. The SDK reports only
 * successes of its own middleware; without those of the direct path the quota would stay empty after an outage.
 */
function retryQuotaOf ({ config }: DirectClient): () => void {
  let strategy: RetryStrategyV2 | undefined
  let asked = false
  return () => {
    if (strategy) return strategy.recordSuccess(FIRST_ATTEMPT)
    if (asked) return
    asked = true
    config.retryStrategy().then(
      (resolved) => { if ('recordSuccess' in resolved) strategy = resolved },
      () => {} // a configuration error fails the first call that uses the SDK
    )
  }
}
