import { pause } from '../../core/clock.ts'
import type { Storage } from '../../core/storage/storage.ts'
import { isLoopbackHost } from '../../../http/browser-guard.ts'
import { changeOf, messageFor, type AlarmStateChange, type Change } from './notifications.ts'

/** A URL that an action's ARN stands for. */
export interface AlarmTarget { arn: string, url: string }

/** A target that cannot be. */
export class BadAlarmTarget extends Error {}

export type AlarmListener = (change: AlarmStateChange) => void

const KEPT_NAME = 'alarm-targets'
const TIMEOUT_MS = 10_000
const LONGEST_WAIT_MS = 60_000
/** Changes that a follower who is slow may be behind. */
const KEPT_CHANGES = 1000

/** Takes the changes of alarms to those who listen, and executes actions. */
export class Deliveries {
  readonly #storage: Pick<Storage, 'kept' | 'keep'>
  readonly #allowedHosts: readonly string[]
  readonly #warn: (text: string) => void
  readonly #listeners = new Set<AlarmListener>()
  readonly #waiting = new Set<AbortController>()
  readonly #closing = new AbortController()
  readonly #targets: Map<string, string>
  readonly #changes: AlarmStateChange[] = []
  #sequence = 0

  constructor ({ storage, allowedHosts, warn }: { storage: Pick<Storage, 'kept' | 'keep'>, allowedHosts: readonly string[], warn: (text: string) => void }) {
    this.#storage = storage
    this.#allowedHosts = allowedHosts
    this.#warn = warn
    const kept = (storage.kept(KEPT_NAME) ?? []) as AlarmTarget[] // nothing else is written there
    this.#targets = new Map(kept.map(({ arn, url }) => [arn, url]))
  }

  /** Calls a function with every change; it is not waited for. @returns ends that */
  on (_event: 'stateChange', listener: AlarmListener): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  targets (): AlarmTarget[] {
    return [...this.#targets].map(([arn, url]) => ({ arn, url }))
  }

  /**
   * Has a URL called, by POST, whenever an alarm executes an action.
   * @throws {@link BadAlarmTarget} for a URL of a host that may not be called
   */
  async setTarget (arn: string, url: string): Promise<AlarmTarget> {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new BadAlarmTarget(`${JSON.stringify(url)} is not a URL of HTTP`)
    const { hostname } = new URL(url)
    if (!isLoopbackHost(hostname) && !this.#allowedHosts.some((host) => host.toLowerCase() === hostname)) {
      throw new BadAlarmTarget(`The host ${hostname} may not be called: EMULATOR_TRIGGER_HOSTS names hosts, beside those of this machine, that may`)
    }
    this.#targets.set(arn, url)
    await this.#keep()
    return { arn, url }
  }

  /** @returns whether there was one */
  async removeTarget (arn: string): Promise<boolean> {
    const removed = this.#targets.delete(arn)
    await this.#keep()
    return removed
  }

  /** Tells those who listen of a change, and executes its actions. @returns why each that failed did, by its ARN */
  async deliver (change: Change): Promise<{ event: AlarmStateChange, failures: Map<string, string> }> {
    const event = changeOf(change, ++this.#sequence)
    this.#changes.push(event)
    if (this.#changes.length > KEPT_CHANGES) this.#changes.shift()
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        this.#warn(`A listener to alarms failed: ${messageOf(error)}`)
      }
    }
    for (const waiting of this.#waiting) waiting.abort()
    const failures = new Map<string, string>()
    await Promise.all(event.actions.map(async (action) => {
      const url = this.#targets.get(action)
      if (url === undefined) return
      try {
        await this.#post(url, messageFor(action, change))
      } catch (error) {
        failures.set(action, messageOf(error))
        this.#warn(`The action ${action} of the alarm ${event.alarm} failed: ${messageOf(error)}`)
      }
    }))
    return { event, failures }
  }

  /** The changes as they come, until it is aborted or the emulator closes; `undefined` when nothing came for so long (ms). */
  async * follow ({ signal, quietMs = LONGEST_WAIT_MS }: { signal: AbortSignal, quietMs?: number }): AsyncGenerator<AlarmStateChange | undefined, void> {
    let last = this.#sequence
    while (!signal.aborted && !this.#closing.signal.aborted) {
      const news = this.#changes.filter(({ sequence }) => sequence > last)
      for (const change of news) {
        last = change.sequence
        yield change
      }
      if (news.length > 0) continue
      const waiting = new AbortController()
      const stop = () => waiting.abort()
      this.#waiting.add(waiting)
      signal.addEventListener('abort', stop)
      await pause(quietMs, { signal: waiting.signal, idle: true })
      signal.removeEventListener('abort', stop)
      this.#waiting.delete(waiting)
      if (this.#sequence === last) yield undefined
    }
  }

  close (): void {
    this.#closing.abort()
    for (const waiting of this.#waiting) waiting.abort()
    this.#listeners.clear()
  }

  async #post (url: string, message: object): Promise<void> {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      redirect: 'error',
      signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  }

  async #keep (): Promise<void> {
    await this.#storage.keep(KEPT_NAME, this.targets())
  }
}

function messageOf (error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
