import type { ObjectStore } from '../../aws/object-store.ts'
import type { Clock } from '../../core/clock.ts'
import type { PageKey } from '../../core/page-token.ts'
import { ImageContended, ImageNotFound, StatusConflict } from './errors.ts'
import type { ExpiryService } from './expiry-service.ts'
import { processedKey } from './object-keys.ts'
import type { Progress } from './progress.ts'
import type { Expiries } from './repositories/expiries.ts'
import type { ImagePage, Images } from './repositories/images.ts'
import type { Profiles } from './repositories/profiles.ts'
import type { Image, ImageKey, ImageStatus, ImageUpdate } from './schemas.ts'

const SECONDS_A_DAY = 86_400
/** How often a deletion is repeated because the image's lifetime changed in between. */
const MOST_ATTEMPTS = 5

/** The required status of an image before each new status. */
const PREDECESSORS: Readonly<Record<ImageStatus, ImageStatus | undefined>> = {
  pending: undefined,
  processing: 'pending',
  completed: 'processing',
  failed: 'processing',
}

export interface ImageServiceOptions {
  images: Images
  profiles: Profiles
  expiries: Expiries
  expiryService: Pick<ExpiryService, 'expect'>
  objects: ObjectStore
  progress: Progress
  clock: Clock
}

/** Operations on single images, and the list that spans several Queries. */
export function createImageService ({ images, profiles, expiries, expiryService, objects, progress, clock }: ImageServiceOptions) {
  /** @throws 404 */
  async function get (key: ImageKey, options?: { consistent: boolean }): Promise<Image> {
    const image = await images.get(key, options)
    if (!image) throw new ImageNotFound(key.imageId)
    return image
  }

  return {
    get,

    /**
     * Stores the report of a processor elsewhere: a new status, the result of a step, or both.
     * @throws 404 no such image; 409 the status does not follow from the current one
     */
    async update (key: ImageKey, { status, step }: ImageUpdate): Promise<Image> {
      const from = status === undefined ? 'processing' : PREDECESSORS[status]
      if (from === undefined) throw new StatusConflict(key.imageId, (await get(key)).status)
      const at = new Date(clock.now()).toISOString()
      const changed = await images.change(key, {
        status,
        ...step && { steps: { [step.name]: step.data } },
        ...status === 'completed' && { processedAt: at, completedAt: at },
        // The process that ends it takes it from the worker that had it.
        ...(status === 'completed' || status === 'failed') && { claim: null },
      }, { status: from })
      if (changed.done) {
        progress.publish(changed.image)
        return changed.image
      }
      throw changed.image ? new StatusConflict(key.imageId, changed.image.status) : new ImageNotFound(key.imageId)
    },

    /**
     * Sets the lifetime of an image in days: its `ttl` and its cleanup entry are written together.
     * @throws 404
     */
    async setLifetime (key: ImageKey, days: number): Promise<Image> {
      const image = await get(key, { consistent: true })
      const ttl = Math.floor(clock.now() / 1000) + days * SECONDS_A_DAY
      const updatedAt = new Date(clock.now()).toISOString()
      if (!await images.writeBoth(images.lifetime(key, { ttl, updatedAt }), expiries.scheduling(image, ttl))) throw new ImageNotFound(key.imageId)
      expiryService.expect(ttl)
      return { ...image, ttl, updatedAt }
    },

    /**
     * Deletes an image: the item, its entry among the expiries and its owner's counters together, then both objects. A worker that is about to store
     * the processed one finds the item gone, and deletes what it stored.
     *
     * @throws 404
     */
    async remove (key: ImageKey): Promise<void> {
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        const image = await get(key, { consistent: true })
        const refused = await profiles.writeCounted(images.deletion(image), {
          userId: key.userId,
          images: -1,
          bytes: -image.originalFileSize,
          at: new Date(clock.now()).toISOString(),
          entry: image.ttl === undefined ? undefined : expiries.cancellation(key),
        })
        if (refused.size > 0) continue // another process has deleted it, or has changed its lifetime
        await Promise.all([image.originalS3Key, image.processedS3Key ?? processedKey(image)].map((object) => objects.delete(object)))
        return
      }
      throw new ImageContended(key.imageId)
    },

    /**
     * Access pattern "recent images": all users' images of some days, newest first, by a Query a day until the page is full.
     * @param days  `YYYY-MM-DD`, the newest first
     */
    async recent (days: readonly string[], { limit, startKey }: { limit: number, startKey?: PageKey }): Promise<ImagePage> {
      const items: Image[] = []
      const first = startKey ? days.indexOf(String(startKey.createdDate)) : 0
      for (const [index, day] of days.entries()) {
        if (index < first) continue
        const isWithin = index === first && startKey?.imageId !== undefined
        const page = await images.listByDay(day, { limit: limit - items.length, startKey: isWithin ? startKey : undefined })
        items.push(...page.items)
        if (page.lastKey) return { items, lastKey: page.lastKey }
        const next = days[index + 1]
        if (items.length === limit && next !== undefined) return { items, lastKey: { createdDate: next } }
      }
      return { items }
    },
  }
}

export type ImageService = ReturnType<typeof createImageService>
