import { ApiError, InternalError } from '../../core/errors.ts'
import { createSweeper } from '../../core/sweeper.ts'
import type { Deletions } from './deletions.ts'
import type { Counts, Erasure } from './erasures/erasure.ts'
import type { Deletion } from './schemas.ts'

/** Longer than any feature's pass should take. Passes can overlap without harm; the lease only saves work. */
const LEASE_MS = 300_000
/** Real time between two looks for jobs that another process has left, or that have failed. */
const SWEEP_MS = 30_000
const CHECK_MS = 1_000
/** The last pass finds nothing: indexes may lag behind, and the user may still be using the API. */
const MOST_PASSES = 20

export interface DeletionServiceOptions {
  deletions: Deletions
  erasures: readonly Erasure[]
  /** No other process uses this store: a job that is leased and not running here is not running at all. */
  isAlone: boolean
  onError: (error: unknown) => void
}

/** Deletes users: a request is stored, and carried out by whichever process finds it. */
export function createDeletionService ({ deletions, erasures, isAlone, onError }: DeletionServiceOptions) {
  async function erase (erasure: Erasure, userId: string): Promise<Counts> {
    const total: Record<string, number> = {}
    for (let passes = 0; passes < MOST_PASSES; passes++) {
      const counts = Object.entries(await erasure.pass(userId))
      for (const [kind, count] of counts) total[kind] = (total[kind] ?? 0) + count
      if (counts.every(([, count]) => count === 0)) return total
    }
    throw new Error(`Deletion does not end: passes still find items of the user in the feature ${erasure.name}`)
  }

  async function carryOut ({ userId, deleted }: Deletion, signal: AbortSignal): Promise<void> {
    for (const erasure of erasures) {
      if (Object.hasOwn(deleted, erasure.name)) continue
      if (signal.aborted) return
      await deletions.note(userId, { feature: erasure.name, counts: await erase(erasure, userId), leaseMs: LEASE_MS })
    }
    await deletions.complete(userId)
  }

  async function sweep (signal: AbortSignal): Promise<void> {
    for (const userId of await deletions.pending()) {
      if (signal.aborted) return
      const job = await deletions.take(userId, { leaseMs: LEASE_MS, evenLeased: isAlone })
      if (!job) continue
      await carryOut(job, signal).catch(async (error: unknown) => {
        onError(error)
        await deletions.fail(userId, error instanceof ApiError ? error.code : new InternalError().code)
      })
    }
  }

  const sweeper = createSweeper({ sweep, everyMs: SWEEP_MS, checkMs: CHECK_MS, onError })
  return {
    ...sweeper,

    /** Access pattern "delete a user". A job that is pending already is answered as it is. */
    async request (userId: string): Promise<Deletion> {
      await deletions.request(userId)
      const deletion = await deletions.get(userId)
      if (!deletion) throw new InternalError() // it has just been written
      void sweeper.run()
      return deletion
    },
  }
}

export type DeletionService = ReturnType<typeof createDeletionService>
