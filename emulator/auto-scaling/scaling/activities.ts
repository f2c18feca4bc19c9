import { randomUUID } from 'node:crypto'
import { targetKey, type TargetId } from '../resource.ts'
import type { ScalableTarget, ScalingActivity, ScalingStore } from '../store.ts'

/** What an activity tells beside its target and its id. */
export type Told = Omit<ScalingActivity, keyof TargetId | 'ActivityId'>

export const newActivity = ({ ResourceId, ScalableDimension }: TargetId, told: Told): ScalingActivity => ({ ActivityId: randomUUID(), ResourceId, ScalableDimension, ...told })

/** The newest activity of a target. */
const latestOf = (store: ScalingStore, id: TargetId): ScalingActivity | undefined => store.activities().find((activity) => targetKey(activity) === targetKey(id))

/** Notes that an alarm could not scale any further. An alarm that lasts makes one such activity, not one a minute. */
export async function noteAtBound (
  store: ScalingStore, { target, current, cause, isOut }: { target: ScalableTarget, current: number, cause: string, isOut: boolean }, now: number
): Promise<void> {
  const bound = isOut ? target.MaxCapacity : target.MinCapacity
  const latest = latestOf(store, target)
  if (current !== bound || (latest?.Cause === cause && latest.NotScaledReasons)) return
  await store.note(newActivity(target, {
    Description: 'Attempting to scale due to alarm triggered',
    Cause: cause,
    StartTime: now,
    EndTime: now,
    StatusCode: 'Unfulfilled',
    StatusMessage: `The capacity is at its ${isOut ? 'maximum' : 'minimum'}.`,
    NotScaledReasons: [isOut ? { Code: 'AlreadyAtMaxCapacity', MaxCapacity: bound, CurrentCapacity: current } : { Code: 'AlreadyAtMinCapacity', MinCapacity: bound, CurrentCapacity: current }],
  }))
}

/** Notes a failure. One that repeats itself every minute stays one activity, which ends later. */
export async function noteFailure (store: ScalingStore, failed: ScalingActivity): Promise<void> {
  const latest = latestOf(store, failed)
  const isRepeated = latest?.StatusCode === 'Failed' && latest.StatusMessage === failed.StatusMessage
  await store.note(isRepeated ? { ...latest, EndTime: failed.EndTime } : failed)
}
