import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { runWithRequestId } from '../../../core/request-context.ts'
import { pendingSteps } from '../upload-service.ts'
import type { PageKey } from '../../../core/page-token.ts'
import type { StoredImage } from '../repositories/images.ts'
import { createProcessor, type ProcessorOptions } from './processor.ts'
import { WaitingImages } from './waiting-images.ts'

/** Longer than any step; each step renews the claim. */
const LEASE_MS = 60_000
/** Images that wait in memory; the table holds the others. */
const MOST_WAITING = 256
const PAGE = 100
/** Limits how often a picture that crashes the process is started. */
const MOST_ATTEMPTS = 5
/** Interval of sweeps for images that other processes have left. Real time, like the intervals below. */
const SWEEP_MS = 30_000
/** Pauses while the store is unavailable: before an image is retried, and before the table is queried again. */
const RETRY_MS = 1_000
const LOOK_AGAIN_MS = 5_000

export interface WorkerOptions extends Omit<ProcessorOptions, 'worker' | 'leaseMs' | 'onError'> {
  /** Images that are processed at once; 0 for a process that leaves them to others. */
  slots: number
  /** No other process uses this store: an image that is claimed and not being processed here is not processed at all. */
  isAlone: boolean
  /** Called for failures, with the image. */
  onError: (error: unknown, imageId?: string) => void
}

/**
 * Processes pending images, a number of them in parallel. The queue is only a shortcut: the table has the pending images,
 * also after a restart.
 */
export function createWorker ({ slots, isAlone, onError, ...options }: WorkerOptions) {
  const { images, progress, clock } = options
  const worker = randomUUID()
  const processor = createProcessor({ ...options, worker, leaseMs: LEASE_MS, onError })
  const waiting = new WaitingImages(MOST_WAITING)
  const stop = new AbortController()
  const running = new Set<Promise<void>>()
  /** The ids of images. */
  const atWork = new Set<string>()
  /** The table may have images for which the queue had no room. */
  let isMore = false
  let looking: Promise<void> | undefined

  const pause = (ms: number) => sleep(ms, undefined, { signal: stop.signal, ref: false }).catch(() => {})
  /** Whether this worker may take over a claim, if the image is not being processed here. */
  const isMine = ({ claim }: StoredImage) => isAlone || claim?.worker === worker

  /** Starts workers up to the limit. */
  function wake (): void {
    if (running.size >= slots || stop.signal.aborted) return
    const slot = workOff().finally(() => running.delete(slot))
    running.add(slot)
  }

  /** @returns `false` when there is no room in the queue */
  function offer (image: StoredImage): boolean {
    const isQueued = waiting.add(image)
    if (!isQueued) isMore = true
    wake()
    return isQueued
  }

  async function workOff (): Promise<void> {
    while (!stop.signal.aborted) {
      const next = waiting.take()
      if (next) await runWithRequestId(next.imageId, () => attempt(next))
      else if (isMore || looking) await lookForMore()
      else return
    }
  }

  /** Claims an image and processes it. If the store is unavailable, it is retried after a pause. */
  async function attempt (image: StoredImage): Promise<void> {
    const { imageId } = image
    if (atWork.has(imageId)) return
    atWork.add(imageId)
    try {
      await claimAndProcess(image)
    } catch (error) {
      onError(error, imageId)
      await pause(RETRY_MS)
      // The attempt was not completed, and is not counted. If there is a claim, it is this worker's.
      waiting.add({ ...image, claim: { worker, until: 0, attempt: image.claim?.attempt ?? 0 } })
      isMore = true
    } finally {
      atWork.delete(imageId)
    }
  }

  async function claimAndProcess (image: StoredImage): Promise<void> {
    const attempt = (image.claim?.attempt ?? 0) + 1
    const startedAt = new Date(clock.now()).toISOString()
    const claimed = await images.claim(image, {
      claim: { worker, until: clock.now() + LEASE_MS, attempt },
      steps: { ...pendingSteps(image.processingSteps.watermark.watermarkText), validation: { status: 'processing', startedAt } },
      evenClaimed: isMine(image),
    })
    if (!claimed) return
    progress.publish(claimed)
    await (attempt > MOST_ATTEMPTS ? processor.giveUp(claimed) : processor.process(claimed))
  }

  /** One look for all slots. */
  function lookForMore (): Promise<void> {
    looking ??= look().catch(async (error: unknown) => {
      onError(error)
      await pause(LOOK_AGAIN_MS)
      isMore = true
    }).finally(() => { looking = undefined })
    return looking
  }

  /** Access pattern "images by status": interrupted images, then pending ones; those that have waited longest first. */
  async function look (): Promise<void> {
    isMore = false
    for (const status of ['processing', 'pending'] as const) {
      let startKey: PageKey | undefined
      do {
        const page = await images.listByStatus(status, { limit: PAGE, startKey, oldestFirst: true })
        for (const image of page.items) if (isFree(image) && !offer(image)) return
        startKey = page.lastKey
      } while (startKey && !stop.signal.aborted)
    }
  }

  /** An image that is processing without a claim is processed elsewhere, as PATCH reports. */
  function isFree (image: StoredImage): boolean {
    if (atWork.has(image.imageId)) return false
    return image.status === 'pending' || (image.claim !== undefined && (isMine(image) || image.claim.until <= clock.now()))
  }

  return {
    /** Queues an image for processing. */
    offer: (image: StoredImage): void => { if (slots > 0) offer(image) },

    /** Claims images that are pending or were interrupted: now and, where there are other processes, from time to time. */
    async start (): Promise<void> {
      if (slots === 0) return
      while (!stop.signal.aborted) {
        isMore = true
        wake()
        if (isAlone) return
        await pause(SWEEP_MS)
      }
    },

    /** Resolves when running work has ended. Waiting images are in the table. */
    async close (): Promise<void> {
      stop.abort()
      await Promise.all(running)
    },
  }
}

export type Worker = ReturnType<typeof createWorker>
