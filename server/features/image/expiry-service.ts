import type { ObjectStore } from '../../aws/object-store.ts'
import type { Clock } from '../../core/clock.ts'
import { createSweeper } from '../../core/sweeper.ts'
import type { Expiries, Expiry } from './repositories/expiries.ts'
import type { Images } from './repositories/images.ts'
import type { Profiles } from './repositories/profiles.ts'

/** Entries of one Query. */
const PAGE = 100
/** Real time between two sweeps for entries of other processes, and after an error. */
const SWEEP_MS = 30_000
/** Real time between two readings of the clock. */
const CHECK_MS = 1_000

export interface ExpiryServiceOptions {
  expiries: Expiries
  images: Images
  profiles: Profiles
  objects: ObjectStore
  clock: Clock
  onError: (error: unknown, imageId?: string) => void
}

/**
 * Cleans up after images whose lifetime has ended: the item, if DynamoDB has not deleted it yet, the owner's counters and
 * the objects. First a transaction deletes the image and counts it, which succeeds only once. Then the objects are
 * deleted, then the entry. A crash in between leaves an entry that the next sweep completes.
 */
export function createExpiryService ({ expiries, images, profiles, objects, clock, onError }: ExpiryServiceOptions) {
  const seconds = () => Math.floor(clock.now() / 1000)
  /** Epoch seconds of the first known entry. */
  let nextAt = Infinity

  /** @returns `false` if the entry must not be completed: another process has done so, or the lifetime was changed */
  async function count (expiry: Expiry): Promise<boolean> {
    const refused = await profiles.writeCounted(images.expiry(expiry), {
      userId: expiry.userId, images: -1, bytes: -expiry.bytes, entry: expiries.counting(expiry),
    })
    if (refused.size === 0) return true
    if (refused.has('entry') || !refused.has('image')) return false
    const ttl = refused.get('image')?.ttl
    await (typeof ttl === 'number' ? expiries.move(expiry, ttl) : expiries.remove(expiry))
    return false
  }

  async function finish (expiry: Expiry): Promise<void> {
    if (!expiry.isCounted && !await count(expiry)) return
    await Promise.all(expiry.objects.map((key) => objects.delete(key)))
    await expiries.remove(expiry)
  }

  /** Access pattern "expired images". An image that cannot be cleaned up now does not keep the others from it. */
  async function sweep (signal: AbortSignal): Promise<void> {
    nextAt = Infinity
    for await (const page of expiries.byTime(PAGE)) {
      for (const expiry of page) {
        if (expiry.at > seconds()) {
          nextAt = Math.min(nextAt, expiry.at)
          return
        }
        if (signal.aborted) return
        await finish(expiry).catch((error: unknown) => onError(error, expiry.imageId))
      }
    }
  }

  return {
    ...createSweeper({ sweep, isDue: () => nextAt <= seconds(), everyMs: SWEEP_MS, checkMs: CHECK_MS, onError }),

    /** Notes an entry that this process has written, due at epoch seconds. */
    expect: (at: number): void => { nextAt = Math.min(nextAt, at) },
  }
}

export type ExpiryService = ReturnType<typeof createExpiryService>
