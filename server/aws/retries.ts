import { ConfiguredRetryStrategy } from '@smithy/core/retry'
import type { RetryErrorInfo, RetryStrategyV2, StandardRetryToken } from '@smithy/types'

/** Attempts of a throttled call. If three in ten calls are throttled, one in 170,000 fails in the end. */
const MOST_ATTEMPTS = 10
/** Attempts after any other failure: an endpoint that is down is reported soon. */
const MOST_ATTEMPTS_OTHERWISE = 4
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 2_000

/** A random part of a pause that doubles with each retry; the first retry is number 1. */
const pauseBefore = (retry: number) => Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (retry - 1))

/**
 * The SDK's standard strategy, tuned for a client that waits for an answer: more attempts than by default when AWS
 * throttles, and shorter pauses. By default a call ends with its third attempt; all pauses here together take ten seconds
 * at most, and half of that on the average.
 *
 * Retries after resets, timeouts and internal errors take from the SDK's quota, so that an endpoint that is down is not
 * asked four times by every request. Retries of throttled calls do not: the endpoint is up, ten attempts and growing pauses
 * bound the load, and with the quota some of many requests at once would fail that another attempt answers.
 */
class PromptRetryStrategy extends ConfiguredRetryStrategy {
  constructor () {
    super(MOST_ATTEMPTS, pauseBefore)
  }

  override async refreshRetryTokenForRetry (token: StandardRetryToken, info: RetryErrorInfo): Promise<StandardRetryToken> {
    const throttled = info.errorType === 'THROTTLING'
    const retry = token.getRetryCount() + 1
    // The SDK treats any error as the end of the attempts.
    if (retry >= (throttled ? MOST_ATTEMPTS : MOST_ATTEMPTS_OTHERWISE)) throw new Error('No attempts are left')
    return throttled ? outsideQuota(retry, pauseBefore(retry)) : super.refreshRetryTokenForRetry(token, info)
  }
}

/** The SDK's retry middleware waits for the delay of a token. */
const outsideQuota = (count: number, delayMs: number): StandardRetryToken =>
  ({ getRetryCount: () => count, getRetryDelay: () => delayMs, getRetryCost: () => undefined })

/** The maximum number of attempts for the SDK; {@link makeRetryStrategy} may end them sooner. */
export const maxAttempts = MOST_ATTEMPTS

/** A strategy for one SDK client: clients that share a strategy share its quota. */
export const makeRetryStrategy = (): RetryStrategyV2 => new PromptRetryStrategy()

/** The same, for the configuration of one SDK client. */
export const retries = () => ({ maxAttempts, retryStrategy: makeRetryStrategy() })
