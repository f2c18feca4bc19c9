import { ObjectNotFound, type ObjectStore } from '../../../aws/object-store.ts'
import { ApiError } from '../../../core/errors.ts'
import type { Clock } from '../../../core/clock.ts'
import { readImageHeader } from '../image-header.ts'
import { processedKey } from '../object-keys.ts'
import type { Progress } from '../progress.ts'
import type { Changes, Images, StoredImage } from '../repositories/images.ts'
import type { Profiles } from '../repositories/profiles.ts'
import type { Preferences, Size, SizeName, StepName } from '../schemas.ts'
import { NotProcessable } from './not-processable.ts'
import type { Pictures } from './pictures.ts'

/** The boxes that pictures are made to fit. */
const BOXES: Readonly<Record<SizeName, Size>> = {
  small: { width: 400, height: 300 },
  medium: { width: 800, height: 600 },
  large: { width: 1600, height: 1200 },
}

/** For users without a profile. */
const PREFERENCES: Preferences = { defaultImageSize: 'medium', watermarkEnabled: true }
/** Seed 002's own. */
const WATERMARK_TEXT = 'Processed by Image Platform'

/** The image no longer belongs to this worker: it was deleted, ended by PATCH, or claimed after this worker was too slow. */
class TakenAway extends Error {}

export interface ProcessorOptions {
  images: Images
  profiles: Profiles
  objects: ObjectStore
  pictures: Pictures
  progress: Progress
  clock: Clock
  /** The worker that claims images. */
  worker: string
  /** How long a claim is valid without a write of a step; ms. */
  leaseMs: number
  /** Bytes of an original. */
  uploadLimit: number
  /** Called for failures that are not a client's fault. */
  onError: (error: unknown, imageId: string) => void
}

/** Processes one image after another: validation, resize and watermark. */
export function createProcessor (options: ProcessorOptions) {
  const { images, profiles, objects, pictures, progress, clock, worker, leaseMs, uploadLimit, onError } = options
  const isoNow = () => new Date(clock.now()).toISOString()

  /** Writes a change of an image that this worker still claims, and renews the claim. @throws {@link TakenAway} */
  async function write (image: StoredImage, changes: Changes): Promise<StoredImage> {
    const claim = changes.claim === null ? null : { ...image.claim!, until: clock.now() + leaseMs } // process() has claimed it
    const changed = await images.change(image, { ...changes, claim }, { status: 'processing', claimedBy: worker })
    if (!changed.done) throw new TakenAway()
    progress.publish(changed.image)
    return changed.image
  }

  /** @throws {@link NotProcessable} it is missing, too large, or of an unsupported format */
  async function readOriginal ({ originalS3Key }: StoredImage): Promise<Buffer> {
    const found = await objects.open(originalS3Key).catch((error: unknown) => {
      throw error instanceof ObjectNotFound ? new NotProcessable('The original is not in the object store') : error
    })
    if (found.kind === 'unchanged') throw new TypeError('Nothing was asked about a change')
    if (found.size > uploadLimit) {
      found.body.destroy()
      throw new NotProcessable(`The original has ${found.size} bytes; the limit is ${uploadLimit}`)
    }
    const chunks: Buffer[] = []
    for await (const chunk of found.body) chunks.push(chunk as Buffer) // no encoding was set
    const bytes = Buffer.concat(chunks)
    // Other formats would use other decoders, which must not get untrusted input.
    if (typeof readImageHeader(bytes) !== 'object') throw new NotProcessable('The original is neither JPEG, PNG nor WebP')
    return bytes
  }

  async function work (claimed: StoredImage, at: { step: StepName }): Promise<void> {
    const bytes = await readOriginal(claimed)
    const { size: original, camera } = await pictures.inspect(bytes)
    const { processingSteps: { validation, watermark }, metadata } = claimed
    let now = isoNow()
    let image = await write(claimed, {
      steps: { validation: { ...validation, status: 'completed', completedAt: now, result: 'valid' }, resize: { status: 'processing', startedAt: now } },
      ...camera !== undefined && { metadata: { ...metadata, camera } },
    })

    at.step = 'resize'
    const { preferences } = (await profiles.get(image.userId))?.profile ?? { preferences: PREFERENCES }
    const pixels = await pictures.resize(bytes, BOXES[preferences.defaultImageSize])
    // A text that was sent with the upload is printed, whatever the preferences say.
    const text = watermark.watermarkText ?? (preferences.watermarkEnabled ? preferences.watermarkText ?? WATERMARK_TEXT : undefined)
    const marked = text === undefined ? {} : { watermarkType: 'text' as const, watermarkText: text }
    now = isoNow()
    const dimensions = { original, processed: { width: pixels.width, height: pixels.height } }
    image = await write(image, {
      steps: {
        resize: { ...image.processingSteps.resize, status: 'completed', completedAt: now, dimensions },
        watermark: text === undefined ? { status: 'skipped' } : { status: 'processing', startedAt: now, ...marked },
      },
    })

    at.step = 'watermark'
    const key = processedKey(image)
    await objects.put(key, await pictures.finish(pixels, { type: image.originalFileType, watermarkText: text }), image.originalFileType)
    now = isoNow()
    await write(image, {
      status: 'completed',
      processedS3Key: key,
      processedAt: now,
      completedAt: now,
      ...text !== undefined && { steps: { watermark: { ...image.processingSteps.watermark, status: 'completed', completedAt: now } } },
      claim: null,
    })
  }

  async function fail (image: StoredImage, step: StepName, reason: string): Promise<void> {
    const { startedAt } = image.processingSteps[step]
    const failed = { status: 'failed' as const, startedAt, completedAt: isoNow(), error: reason.slice(0, 500) }
    await write(image, {
      status: 'failed',
      steps: { [step]: step === 'validation' ? { ...failed, result: 'invalid' } : failed },
      claim: null,
    })
  }

  /** Objects stored for an image that is gone by now are deleted as well; any other belongs to another claim. */
  async function tidyUp (image: StoredImage): Promise<void> {
    if (!await images.get(image, { consistent: true })) await objects.delete(processedKey(image))
  }

  return {
    /**
     * Processes an image that this worker has claimed: it ends completed or failed, unless another process takes it away.
     *
     * @throws 503 the table or the object store is not available: it can be processed from the beginning later
     */
    async process (claimed: StoredImage): Promise<void> {
      const at = { step: 'validation' as StepName }
      try {
        await work(claimed, at)
      } catch (error) {
        if (error instanceof TakenAway) return tidyUp(claimed)
        if (error instanceof ApiError && error.statusCode === 503) throw error
        if (!(error instanceof NotProcessable)) onError(error, claimed.imageId)
        const reason = error instanceof NotProcessable ? error.message : 'The image could not be processed'
        await fail(claimed, at.step, reason).catch((error: unknown) => {
          if (!(error instanceof TakenAway)) throw error
        })
      }
    },

    /** Marks an image as failed that was started too often: each process that started it has died. */
    async giveUp (claimed: StoredImage): Promise<void> {
      await fail(claimed, 'validation', `Processing was started ${claimed.claim!.attempt - 1} times and never finished`).catch((error: unknown) => { // it is claimed
        if (!(error instanceof TakenAway)) throw error
      })
    },
  }
}

export type Processor = ReturnType<typeof createProcessor>
