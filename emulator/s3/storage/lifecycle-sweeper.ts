import type { Cancel, Clock } from '../../core/clock.ts'
import { AwsError } from '../../core/errors.ts'
import { concerns, DAY_MS, dueAt, expiryOf, type LifecycleRule } from '../configuration/lifecycle.ts'
import { preconditionFailed } from '../errors.ts'
import type { ObjectChange } from '../notifications/event.ts'
import type { VersionRecord } from './records.ts'
import type { S3Store } from './store.ts'
import { versionIdOf } from './version-id.ts'

/**
 * Deletes what the lifecycle rules of buckets say, at every midnight UTC that the clock passes: all that they say falls due then.
 * While no bucket has rules, nothing is scheduled.
 */
export class LifecycleSweeper {
  readonly #clock: Clock
  readonly #stores: () => Iterable<S3Store>
  #cancel: Cancel | undefined

  constructor ({ clock, stores }: { clock: Clock, stores: () => Iterable<S3Store> }) {
    this.#clock = clock
    this.#stores = stores
  }

  /** Schedules the next midnight, once a bucket has rules. */
  plan (): void {
    const next = (Math.floor(this.#clock.now() / DAY_MS) + 1) * DAY_MS
    this.#cancel ??= this.#clock.schedule(next, () => this.#round())
  }

  /** Deletes what fell due while the emulator was not running. */
  async begin (store: S3Store): Promise<void> {
    if (await this.#sweep(store)) this.plan()
  }

  close (): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  async #round (): Promise<void> {
    this.#cancel = undefined
    let again = false
    for (const store of [...this.#stores()]) if (await this.#sweep(store)) again = true
    if (again) this.plan()
  }

  /** @returns whether a bucket has rules */
  async #sweep (store: S3Store): Promise<boolean> {
    let found = false
    for (const { name, settings } of await store.buckets()) {
      const rules = settings?.lifecycle?.filter(({ enabled }) => enabled) ?? []
      if (rules.length === 0) continue
      found = true
      await sweepVersions(store, name, rules, this.#clock.now())
      await abortUploads(store, name, rules, this.#clock.now())
    }
    return found
  }
}

async function sweepVersions (store: S3Store, bucket: string, rules: readonly LifecycleRule[], now: number): Promise<void> {
  let versions: VersionRecord[] = []
  // The listing is of one moment, whatever is deleted meanwhile.
  for await (const version of store.versions.list(bucket)) {
    if (versions.length > 0 && versions[0]!.key !== version.key) {
      await sweepKey(store, bucket, versions, rules, now)
      versions = []
    }
    versions.push(version)
  }
  if (versions.length > 0) await sweepKey(store, bucket, versions, rules, now)
}

/** @param versions  all of a key, the newest first */
async function sweepKey (store: S3Store, bucket: string, versions: readonly VersionRecord[], rules: readonly LifecycleRule[], now: number): Promise<void> {
  const [current, ...older] = versions as [VersionRecord, ...VersionRecord[]] // there is one at least
  const left: VersionRecord[] = []
  for (const [index, version] of older.entries()) {
    if (rules.some((rule) => isOutdated(rule, version, index, now))) await expireVersion(store, bucket, version, now)
    else left.push(version)
  }
  if (current.deleteMarker) {
    if (left.length === 0 && rules.some((rule) => isExpiredMarker(rule, current, now))) await expireVersion(store, bucket, current, now)
  } else if (rules.some((rule) => (expiryOf(rule, current) ?? Infinity) <= now)) {
    await unlessChanged(async () => {
      const marker = await store.deleteObject(bucket, current.key, {
        at: now,
        guard: (existing) => { if (existing?.etag !== current.etag || existing.lastModified !== current.lastModified) throw preconditionFailed('changed') },
      })
      announce(store, bucket, marker ? { name: 'LifecycleExpiration:DeleteMarkerCreated', key: current.key, at: now, version: marker } : { name: 'LifecycleExpiration:Delete', key: current.key, at: now, version: current })
    })
  }
}

async function expireVersion (store: S3Store, bucket: string, version: VersionRecord, now: number): Promise<void> {
  await store.deleteVersion(bucket, version.key, versionIdOf(version))
  announce(store, bucket, { name: 'LifecycleExpiration:Delete', key: version.key, at: now, version })
}

function announce (store: S3Store, bucket: string, change: ObjectChange): void {
  const record = store.bucket(bucket)
  if (record) store.announce(record, change)
}

/** @param index  how many older versions of the key are newer */
function isOutdated ({ noncurrent, ...rule }: LifecycleRule, version: VersionRecord, index: number, now: number): boolean {
  if (!noncurrent || index < (noncurrent.newer ?? 0) || dueAt(version.noncurrentSince ?? now, noncurrent.days) > now) return false
  return version.deleteMarker ? isForMarkers(rule, version.key) : concerns(rule, version)
}

/** A marker of which no version is left. A rule that expires objects by their age removes it at that age. */
function isExpiredMarker (rule: LifecycleRule, marker: VersionRecord, now: number): boolean {
  const { days, expiredMarkers } = rule.expiration ?? {}
  return isForMarkers(rule, marker.key) && (expiredMarkers === true || (days !== undefined && dueAt(marker.lastModified, days) <= now))
}

/** Markers have no size and no tags. */
const isForMarkers = ({ filter: { prefix = '', tags, largerThan, smallerThan } }: LifecycleRule, key: string): boolean =>
  key.startsWith(prefix) && !tags && largerThan === undefined && smallerThan === undefined

async function unlessChanged (work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof AwsError)) throw error // what was replaced, or whose bucket is gone, is not due
  }
}

async function abortUploads (store: S3Store, bucket: string, rules: readonly LifecycleRule[], now: number): Promise<void> {
  for await (const { key, id, initiated } of store.uploads.list(bucket)) {
    const due = rules.some(({ abortDays, filter: { prefix = '' } }) => abortDays !== undefined && key.startsWith(prefix) && dueAt(initiated, abortDays) <= now)
    if (due) await unlessChanged(() => store.uploads.abort({ bucket, key, id }))
  }
}
