import type { ObjectStore } from '../../aws/object-store.ts'
import type { Clock } from '../../core/clock.ts'
import { sortableId } from '../../core/sortable-id.ts'
import { originalKey } from './object-keys.ts'
import type { Images } from './repositories/images.ts'
import type { Profiles } from './repositories/profiles.ts'
import type { Image, ProcessingSteps, UploadFields } from './schemas.ts'
import type { UploadedImage } from './upload-form.ts'

export interface UploadServiceOptions {
  images: Images
  profiles: Profiles
  objects: ObjectStore
  clock: Clock
  /** Called for every image that is to be processed. */
  onAccepted: (image: Image) => void
}

/** As they are before anything is done. */
export function pendingSteps (watermarkText?: string): ProcessingSteps {
  return { validation: { status: 'pending' }, resize: { status: 'pending' }, watermark: { status: 'pending', ...watermarkText !== undefined && { watermarkText } } }
}

/** Takes images in. */
export function createUploadService ({ images, profiles, objects, clock, onAccepted }: UploadServiceOptions) {
  return {
    /**
     * Access pattern "upload": stores the original, then the item and the owner's counters together. When these cannot
     * be written, the original is deleted again.
     *
     * @throws 503 the table or the object store is not to be had
     */
    async accept ({ userId, fields, upload }: { userId: string, fields: UploadFields, upload: UploadedImage }): Promise<Image> {
      const now = clock.now()
      const at = new Date(now).toISOString()
      const { tags = [], description, watermarkText } = fields
      const { name, header: { type }, bytes } = upload
      const key = { imageId: sortableId('img', now), userId }
      const image: Image = {
        ...key,
        originalFileName: name,
        originalFileSize: bytes.size,
        originalFileType: type,
        originalS3Key: originalKey(key, type),
        status: 'pending',
        processingSteps: pendingSteps(watermarkText),
        createdAt: at,
        createdDate: at.slice(0, 10),
        updatedAt: at,
        tags,
        metadata: { description },
      }
      await objects.put(image.originalS3Key, bytes.read(), type)
      try {
        await profiles.writeCounted(images.creation(image), { userId, images: 1, bytes: bytes.size, uploadedAt: at, at })
      } catch (error) {
        // A call that failed may have been carried out all the same.
        const isThere = await images.get(key, { consistent: true }).then(Boolean, () => undefined)
        if (isThere === false) await objects.delete(image.originalS3Key).catch(() => {})
        throw error
      }
      onAccepted(image)
      return image
    },
  }
}

export type UploadService = ReturnType<typeof createUploadService>
