import { ConfiguredRetryStrategy } from '@smithy/core/retry'
import type { RetryErrorInfo, StandardRetryToken } from '@smithy/types'

/** When throttled. At three calls in ten, one in 170,000 fails for good. */
const MOST_ATTEMPTS = 10
/** When anything else went wrong: an endpoint that is down is told soon. */
const MOST_ATTEMPTS_OTHERWISE = 4
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 2_000

/**
 * The SDK's standard way to try again, made for somebody who waits for an answer: more often than by default when AWS
 * throttles, and sooner. By default a call ends with its fourth throttling, and waits up to a second before its second
 * attempt; all pauses here together take ten seconds at most, and half of that on the average.
 */
class PromptRetryStrategy extends ConfiguredRetryStrategy {
  constructor () {
    super(MOST_ATTEMPTS, (attempt) => Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)))
  }

  override async refreshRetryTokenForRetry (token: StandardRetryToken, info: RetryErrorInfo): Promise<StandardRetryToken> {
    // The SDK takes any error to mean that there is no further attempt.
    if (info.errorType !== 'THROTTLING' && token.getRetryCount() + 1 >= MOST_ATTEMPTS_OTHERWISE) throw new Error('No attempt is left')
    return super.refreshRetryTokenForRetry(token, info)
  }
}

/** For the configuration of SDK clients; those that share it also share how many retries they may still make. */
export const retries = () => ({ maxAttempts: MOST_ATTEMPTS, retryStrategy: new PromptRetryStrategy() })
