import type { Clock } from '../../core/clock.ts'
import { StoreBusy } from '../../core/errors.ts'
import { sortableId } from '../../core/sortable-id.ts'
import type { Bulk } from './repositories/bulk.ts'
import type { Images } from './repositories/images.ts'
import type { Profiles } from './repositories/profiles.ts'
import type { Image, ImageKey, NewImage } from './schemas.ts'
import { pendingSteps } from './upload-service.ts'

export interface BulkServiceOptions {
  bulk: Bulk
  images: Images
  profiles: Profiles
  table: string
  clock: Clock
  /** Called for every image that is to be processed. */
  onAccepted: (image: Image) => void
}

/** Reads and writes many images at once. */
export function createBulkService ({ bulk, images, profiles, table, clock, onAccepted }: BulkServiceOptions) {
  /** BatchWriteItem has no conditions: only a new id ensures that no image is overwritten. */
  function imageOf ({ createdAt, status, metadata = {}, tags = [], ...known }: NewImage & { userId: string }): Image {
    const now = clock.now()
    const at = new Date(now).toISOString()
    const created = createdAt === undefined ? at : new Date(createdAt).toISOString()
    return {
      ...known,
      imageId: sortableId('img', now),
      status,
      processingSteps: pendingSteps(),
      createdAt: created,
      createdDate: created.slice(0, 10),
      updatedAt: at,
      ...status === 'completed' && { processedAt: at, completedAt: at },
      tags,
      metadata,
    }
  }

  return {
    /**
     * Writes the records of images whose bytes are already in the object store, and counts the written ones. This is
     * not a transaction: a crash in the middle leaves images that are not counted.
     * @returns the images in the given order, each with whether it was written
     * @throws 503 DynamoDB wrote none of them
     */
    async createMany (all: readonly (NewImage & { userId: string })[]): Promise<{ image: Image, isWritten: boolean }[]> {
      const made = all.map(imageOf)
      const refused = new Set((await bulk.putAll(made)).map(({ imageId }) => imageId))
      if (refused.size === made.length) throw new StoreBusy(`Table ${table}`)
      const written = made.filter(({ imageId }) => !refused.has(imageId))
      const at = new Date(clock.now()).toISOString()
      for (const userId of new Set(written.map(({ userId }) => userId))) {
        const own = written.filter((image) => image.userId === userId)
        const bytes = own.reduce((sum, { originalFileSize }) => sum + originalFileSize, 0)
        await profiles.add(userId, { images: own.length, bytes, uploadedAt: at, at })
      }
      for (const image of written) if (image.status === 'pending') onAccepted(image)
      return made.map((image) => ({ image, isWritten: !refused.has(image.imageId) }))
    },

    /**
     * @returns existing images in the requested order, and the keys of missing ones
     * @throws 503 DynamoDB did not look up all of them
     */
    async getMany (keys: readonly ImageKey[]): Promise<{ images: Image[], absent: ImageKey[] }> {
      const nameOf = ({ imageId, userId }: ImageKey) => `${imageId} ${userId}`
      // DynamoDB refuses duplicate keys.
      const { found, left } = await bulk.getAll([...new Map(keys.map((key) => [nameOf(key), key])).values()])
      if (left.length > 0) throw new StoreBusy(`Table ${table}`)
      const there = new Map(found.filter(images.isLive).map((image) => [nameOf(image), image]))
      return { images: keys.flatMap((key) => there.get(nameOf(key)) ?? []), absent: keys.filter((key) => !there.has(nameOf(key))) }
    },
  }
}

export type BulkService = ReturnType<typeof createBulkService>
