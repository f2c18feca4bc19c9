import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb'
import { stopwatch } from '../../core/clock.ts'

/** The result of a validation. */
export type AttemptResult = 'matched' | 'notMatched' | 'noFace'

/**
 * This process's measurements of the feature since it started, for the dashboard. The one-record design does not store
 * failed attempts (seed 001), so no table has the number of attempts.
 */
export class FaceMeasurements {
  readonly attempts: Record<AttemptResult, number> = { matched: 0, notMatched: 0, noFace: 0 }
  /** Answers to requests of this feature, and how many of them were 5xx. */
  readonly answers = { total: 0, failed: 0 }
  /** Calls of DynamoDB: their number, their total time, and the units that DynamoDB reports as consumed. */
  readonly calls = { total: 0, durationMs: 0, readUnits: 0, writeUnits: 0 }
  readonly #startedAt = stopwatch()

  /** Real time since the start: an emulated clock does not move it. */
  get uptimeMs (): number {
    return stopwatch() - this.#startedAt
  }

  /**
   * Runs a call of DynamoDB and counts it. The command must request its consumed capacity.
   * @param translate  converts a failure to the error that is thrown
   */
  measure<T extends { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] }> (unit: 'readUnits' | 'writeUnits', call: () => Promise<T>, translate = (error: unknown) => error): Promise<T> {
    const began = stopwatch()
    const end = () => {
      this.calls.total += 1
      this.calls.durationMs += stopwatch() - began
    }
    return call().then((answer) => {
      end()
      const { ConsumedCapacity: used = [] } = answer
      for (const { CapacityUnits = 0 } of Array.isArray(used) ? used : [used]) this.calls[unit] += CapacityUnits
      return answer
    }, (error: unknown) => {
      end()
      throw translate(error)
    })
  }
}
