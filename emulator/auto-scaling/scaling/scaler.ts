import type { Cancel, Clock } from '../../core/clock.ts'
import { Turns } from '../../core/turns.ts'
import { unitsOf } from '../resource.ts'
import type { ScalableTarget, ScalingPolicy, ScalingStore, ScheduledAction } from '../store.ts'
import { newActivity, noteAtBound, noteFailure } from './activities.ts'
import { CallFailed, type AwsCalls } from './aws-calls.ts'
import { nextTime } from './schedule.ts'
import { ALARM_KINDS, alarmsFor, capacityFor, withinBounds, type AlarmKind } from './target-tracking.ts'

export interface ScalerOptions {
  clock: Clock
  calls: AwsCalls
  /** The stores that are in use. */
  stores: () => Iterable<ScalingStore>
}

/** Minutes of use that a scale-out and a scale-in look at: those of their alarms. */
const OUT_MINUTES = 2
const IN_MINUTES = 15

/** Changes capacity: for a policy whose alarm is in ALARM, for a scheduled action, and for bounds that a capacity is outside of. */
export class Scaler {
  readonly calls: AwsCalls
  readonly #clock: Clock
  readonly #stores: () => Iterable<ScalingStore>
  readonly #turns = new Turns()
  #cancel: Cancel | undefined

  constructor ({ clock, calls, stores }: ScalerOptions) {
    this.#clock = clock
    this.calls = calls
    this.#stores = stores
  }

  /** Acts on the alarms of all policies. Called after each evaluation of alarms: an alarm acts for as long as it lasts. */
  evaluate (now: number): Promise<void> {
    return this.#turns.take(async () => {
      for (const store of this.#stores()) for (const policy of store.policies.list()) await this.#evaluatePolicy(store, policy, now)
    })
  }

  /** Moves the capacity of a target that is outside its bounds to the nearer of them. */
  applyBounds (store: ScalingStore, target: ScalableTarget, cause: string, now: number): Promise<void> {
    return this.#turns.take(() => this.#moveWithin(store, target, { cause, now }))
  }

  /** Stores a policy, and creates or updates its alarms for the capacity that there is. */
  async putPolicy (store: ScalingStore, policy: ScalingPolicy, capacity: number): Promise<void> {
    const units = unitsOf(policy)
    const alarms = alarmsFor(units, policy, capacity)
    for (const kind of ALARM_KINDS) await this.calls.putAlarm(store, units, alarms[kind], { name: alarmName(policy, kind), action: policy.PolicyARN })
    await store.policies.put({ ...policy, capacity })
  }

  /** Plans the next run of a scheduled action: called when one was put, or a state was loaded. */
  plan (): void {
    this.#cancel?.()
    this.#cancel = undefined
    const times = [...this.#stores()].flatMap((store) => store.scheduled.list().map(({ nextAt = Infinity }) => nextAt))
    const at = Math.min(...times)
    if (at < Infinity) this.#cancel = this.#clock.schedule(at, () => this.#runScheduled(at))
  }

  close (): void {
    this.#cancel?.()
  }

  async #runScheduled (at: number): Promise<void> {
    await this.#turns.take(async () => {
      for (const store of this.#stores()) {
        for (const action of store.scheduled.list()) if (action.nextAt !== undefined && action.nextAt <= at) await this.#runAction(store, action, at)
      }
    })
    this.plan()
  }

  async #runAction (store: ScalingStore, action: ScheduledAction, at: number): Promise<void> {
    const { nextAt: _done, ...rest } = action
    const nextAt = action.Schedule.startsWith('at(') ? undefined : nextTime(action, { after: at, from: action.CreationTime })
    await store.scheduled.put({ ...rest, ...nextAt !== undefined && { nextAt } })
    const target = store.targets.get(action)
    if (!target || target.SuspendedState.ScheduledScalingSuspended) return
    const { MinCapacity = target.MinCapacity, MaxCapacity = target.MaxCapacity } = action.ScalableTargetAction
    const changed = { ...target, MinCapacity: Math.min(MinCapacity, MaxCapacity), MaxCapacity }
    await store.targets.put(changed)
    const cause = `scheduled action name ${action.ScheduledActionName} was triggered`
    const what = `min capacity to ${changed.MinCapacity} and max capacity to ${changed.MaxCapacity}`
    await store.note(newActivity(changed, {
      Description: `Setting ${what}`, Cause: cause, StartTime: at, EndTime: at, StatusCode: 'Successful', StatusMessage: `Successfully set ${what}`,
    }))
    await this.#moveWithin(store, changed, { cause, now: at })
  }

  async #moveWithin (store: ScalingStore, target: ScalableTarget, { cause, now }: { cause: string, now: number }): Promise<void> {
    const current = await this.calls.provisioned(store, unitsOf(target))
    if (current === undefined) return
    const capacity = withinBounds(current, target)
    if (capacity === current || !await this.#provision(store, target, { capacity, cause, now })) return
    for (const policy of store.policiesOf(target)) await this.putPolicy(store, policy, capacity)
  }

  async #evaluatePolicy (store: ScalingStore, policy: ScalingPolicy, now: number): Promise<void> {
    const target = store.targets.get(policy)
    const active = await this.calls.inAlarm(store, policy.Alarms.map(({ AlarmName }) => AlarmName))
    if (!target || active.size === 0) return
    const current = await this.calls.provisioned(store, unitsOf(policy))
    if (current === undefined) return
    const isActive = (kind: AlarmKind) => active.has(alarmName(policy, kind))
    // Somebody else has changed the capacity: the thresholds follow it.
    if (current !== policy.capacity && (isActive('ProvisionedCapacityHigh') || isActive('ProvisionedCapacityLow'))) return this.putPolicy(store, policy, current)
    if (isActive('AlarmHigh')) await this.#scale(store, { policy, target, current, alarm: 'AlarmHigh' }, now)
    else if (isActive('AlarmLow')) await this.#scale(store, { policy, target, current, alarm: 'AlarmLow' }, now)
  }

  async #scale (
    store: ScalingStore, { policy, target, current, alarm }: { policy: ScalingPolicy, target: ScalableTarget, current: number, alarm: 'AlarmHigh' | 'AlarmLow' }, now: number
  ): Promise<void> {
    const isOut = alarm === 'AlarmHigh'
    const { DynamicScalingOutSuspended, DynamicScalingInSuspended } = target.SuspendedState
    if (isOut ? DynamicScalingOutSuspended : DynamicScalingInSuspended || policy.DisableScaleIn === true) return
    if (isCooling(policy, { isOut, now })) return
    const use = await this.calls.consumed(store, unitsOf(policy), { minutes: isOut ? OUT_MINUTES : IN_MINUTES, now })
    if (use.length === 0) return
    const capacity = capacityFor(Math.max(...use), policy, target)
    const cause = `monitor alarm ${alarmName(policy, alarm)} in state ALARM triggered policy ${policy.PolicyName}`
    if (isOut ? capacity <= current : capacity >= current) return noteAtBound(store, { target, current, cause, isOut }, now)
    if (!await this.#provision(store, target, { capacity, cause, now })) return
    await this.putPolicy(store, { ...policy, ...isOut ? { scaledOutAt: now } : { scaledInAt: now } }, capacity)
  }

  /** Sets a capacity, and notes the activity. @returns whether it could be set */
  async #provision (store: ScalingStore, target: ScalableTarget, { capacity, cause, now }: { capacity: number, cause: string, now: number }): Promise<boolean> {
    const units = unitsOf(target)
    const what = `${units.kind.toLowerCase()} capacity units to ${capacity}`
    const told = { Description: `Setting ${what}.`, Cause: cause, StartTime: now, EndTime: now }
    try {
      await this.calls.provision(store, units, capacity)
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error
      if (error.code === 'ResourceInUseException') return false // the table is being changed: it is tried again a minute later
      await noteFailure(store, newActivity(target, { ...told, StatusCode: 'Failed', StatusMessage: `Failed to set ${what}. Reason: ${error.message}` }))
      return false
    }
    await store.note(newActivity(target, { ...told, StatusCode: 'Successful', StatusMessage: `Successfully set ${what}. Change successfully fulfilled by dynamodb.` }))
    return true
  }
}

const alarmName = ({ Alarms }: ScalingPolicy, kind: AlarmKind): string => Alarms.find(({ AlarmName }) => AlarmName.includes(`-${kind}-`))!.AlarmName // it has one of each kind

/** A scale-in waits for both cooldowns. */
function isCooling (policy: ScalingPolicy, { isOut, now }: { isOut: boolean, now: number }): boolean {
  const { ScaleOutCooldown = 0, ScaleInCooldown = 0, scaledOutAt = -Infinity, scaledInAt = -Infinity } = policy
  return isOut ? now < scaledOutAt + ScaleOutCooldown * 1000 : now < Math.max(scaledOutAt, scaledInAt) + ScaleInCooldown * 1000
}
