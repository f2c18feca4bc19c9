import type { Database } from '../core/storage/database.ts'
import { targetKey, type TargetId } from './resource.ts'

/** Times are epoch ms here, and epoch seconds in answers. */
export interface ScalableTarget extends TargetId {
  MinCapacity: number
  MaxCapacity: number
  RoleARN: string
  CreationTime: number
  SuspendedState: { DynamicScalingInSuspended: boolean, DynamicScalingOutSuspended: boolean, ScheduledScalingSuspended: boolean }
  ScalableTargetARN: string
  Tags: Record<string, string>
}

export interface ScalingPolicy extends TargetId {
  PolicyName: string
  PolicyARN: string
  CreationTime: number
  TargetValue: number
  ScaleOutCooldown?: number
  ScaleInCooldown?: number
  DisableScaleIn?: boolean
  PredefinedMetricType: string
  Alarms: { AlarmName: string, AlarmARN: string }[]
  /** The capacity that the thresholds of its alarms were made for. */
  capacity: number
  scaledOutAt?: number
  scaledInAt?: number
}

export interface ScheduledAction extends TargetId {
  ScheduledActionName: string
  ScheduledActionARN: string
  Schedule: string
  Timezone?: string
  StartTime?: number
  EndTime?: number
  ScalableTargetAction: { MinCapacity?: number, MaxCapacity?: number }
  CreationTime: number
  /** When it runs next; none after its last time. */
  nextAt?: number
}

export interface ScalingActivity extends TargetId {
  ActivityId: string
  Description: string
  Cause: string
  StartTime: number
  EndTime?: number
  StatusCode: 'InProgress' | 'Successful' | 'Failed' | 'Unfulfilled'
  StatusMessage: string
  Details?: string
  NotScaledReasons?: { Code: string, MaxCapacity?: number, MinCapacity?: number, CurrentCapacity?: number }[]
}

/** Activities are described for six weeks. */
const ACTIVITY_MS = 42 * 24 * 3600 * 1000

/** What an account has registered in a region. It is held in memory, and stored with each change. */
export class ScalingStore {
  readonly account: string
  readonly region: string
  readonly targets: Records<ScalableTarget>
  readonly policies: Records<ScalingPolicy>
  readonly scheduled: Records<ScheduledAction>
  readonly #activities: Records<ScalingActivity>

  private constructor (database: Database, { account, region }: { account: string, region: string }) {
    this.account = account
    this.region = region
    this.targets = new Records<ScalableTarget>(database, 'target', targetKey)
    this.policies = new Records(database, 'policy', (policy) => `${targetKey(policy)}|${policy.PolicyName}`)
    this.scheduled = new Records(database, 'scheduled', (action) => `${targetKey(action)}|${action.ScheduledActionName}`)
    this.#activities = new Records(database, 'activity', ({ ActivityId }) => ActivityId)
  }

  static async open (database: Database, owner: { account: string, region: string }): Promise<ScalingStore> {
    const store = new ScalingStore(database, owner)
    for (const records of [store.targets, store.policies, store.scheduled, store.#activities]) await records.load()
    return store
  }

  policiesOf (id: TargetId): ScalingPolicy[] {
    return this.policies.list().filter((policy) => targetKey(policy) === targetKey(id))
  }

  scheduledOf (id: TargetId): ScheduledAction[] {
    return this.scheduled.list().filter((action) => targetKey(action) === targetKey(id))
  }

  /** Newest first. */
  activities (): ScalingActivity[] {
    return this.#activities.list().reverse()
  }

  /** Stores a new activity or a change of one, and forgets those that are too old. */
  async note (activity: ScalingActivity): Promise<void> {
    await this.#activities.put(activity)
    for (const old of this.#activities.list()) {
      if (old.StartTime >= activity.StartTime - ACTIVITY_MS) break
      await this.#activities.delete(old)
    }
  }
}

/** Records of one kind, in the order in which they were first put. */
export class Records<T extends object> {
  readonly #database: Database
  readonly #kind: string
  readonly #keyOf: (record: T) => string
  readonly #all = new Map<string, { order: number, record: T }>()
  #next = 0

  constructor (database: Database, kind: string, keyOf: (record: T) => string) {
    this.#database = database
    this.#kind = kind
    this.#keyOf = keyOf
  }

  async load (): Promise<void> {
    const stored: { order: number, record: T }[] = []
    for await (const chunk of this.#database.chunks({ gte: `${this.#kind}~`, lt: `${this.#kind}~\u{7f}` }, 256)) {
      for (const [, value] of chunk) stored.push(value as { order: number, record: T }) // only these are written there
    }
    for (const one of stored.sort((a, b) => a.order - b.order)) this.#all.set(this.#keyOf(one.record), one)
    this.#next = (stored.at(-1)?.order ?? -1) + 1
  }

  /** @param like  a record, or the members that its key is made of */
  get (like: T | object): T | undefined {
    return this.#all.get(this.#keyOf(like as T))?.record // its key is made of members that it has
  }

  list (): T[] {
    return Array.from(this.#all.values(), ({ record }) => record)
  }

  async put (record: T): Promise<void> {
    const key = this.#keyOf(record)
    const value = { order: this.#all.get(key)?.order ?? this.#next++, record }
    this.#all.set(key, value)
    await this.#database.commit([{ key: `${this.#kind}~${key}`, value }])
  }

  async delete (record: T): Promise<void> {
    const key = this.#keyOf(record)
    this.#all.delete(key)
    await this.#database.commit([{ key: `${this.#kind}~${key}` }])
  }
}
