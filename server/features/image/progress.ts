import { setTimeout as sleep } from 'node:timers/promises'
import type { Image, ImageKey, ProcessingSteps, StepName } from './schemas.ts'

/** A change of an image. */
export type ProgressEvent =
  | { event: 'step', data: { imageId: string, step: StepName } & ProcessingSteps[StepName] }
  | { event: 'status', data: Pick<Image, 'imageId' | 'status'> }
  | { event: 'deleted', data: Pick<Image, 'imageId'> }

/** The steps in their order. */
export const STEPS = ['validation', 'resize', 'watermark'] as const satisfies readonly StepName[]

/** No further change follows. */
export const isDone = ({ status }: Pick<Image, 'status'>): boolean => status === 'completed' || status === 'failed'

/** The changes between two states of an image; all changes if the first is not known. */
export function eventsBetween (before: Image | undefined, after: Image): ProgressEvent[] {
  const { imageId, status } = after
  const steps = STEPS.flatMap((step): ProgressEvent[] => {
    const [was, is] = [before?.processingSteps[step], after.processingSteps[step]]
    return was?.status === is.status && was.startedAt === is.startedAt ? [] : [{ event: 'step', data: { imageId, step, ...is } }]
  })
  return before?.status === status ? steps : [...steps, { event: 'status', data: { imageId, status } }]
}

/** The changes of one image as they come. */
export interface Inbox {
  /** The next one, or `undefined` if none comes in this many milliseconds of real time, or the signal ends the waiting. */
  next (withinMs: number, signal: AbortSignal): Promise<Image | undefined>
  close (): void
}

/** Notifies followers of an image in this process. */
export class Progress {
  readonly #followers = new Map<string, Set<(image: Image) => void>>()

  publish (image: Image): void {
    for (const notify of this.#followers.get(nameOf(image)) ?? []) notify(image)
  }

  follow (key: ImageKey): Inbox {
    const name = nameOf(key)
    const waiting: Image[] = []
    let wake = () => {}
    const notify = (image: Image) => {
      waiting.push(image)
      wake()
    }
    const followers = this.#followers.get(name) ?? new Set()
    this.#followers.set(name, followers.add(notify))
    return {
      async next (withinMs, signal) {
        if (waiting.length === 0) {
          const woken = new AbortController()
          wake = () => woken.abort()
          // Both an image and the end cut the waiting short.
          await sleep(withinMs, undefined, { signal: AbortSignal.any([woken.signal, signal]) }).catch(() => {})
        }
        return waiting.shift()
      },
      close: () => {
        followers.delete(notify)
        if (followers.size === 0 && this.#followers.get(name) === followers) this.#followers.delete(name)
      },
    }
  }
}

const nameOf = ({ imageId, userId }: ImageKey) => `${imageId} ${userId}`
