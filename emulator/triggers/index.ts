import type { Clock } from '../core/clock.ts'
import type { Storage } from '../core/storage/storage.ts'
import type { DynamodbService } from '../dynamodb/index.ts'
import type { AccountStore } from '../dynamodb/storage/account-store.ts'
import { invokeHandler, invokeUrl, post, type DiscardedBatch, type FailureHandler, type Invoke, type TriggerHandler } from './invocation.ts'
import type { FullSettings } from './shard-delivery.ts'
import { Trigger, type Progress, type TableName, type TriggerCounts } from './trigger.ts'
import { BadTrigger, checkTrigger, checkUrl, DEFAULT_SETTINGS, TriggerSettingsSchema, UrlTriggerSchema, type TriggerSettings, type UrlTrigger } from './trigger-rule.ts'

export { BadTrigger } from './trigger-rule.ts'

/** A trigger whose function is in this process. */
export interface HandlerTrigger extends TriggerSettings {
  /** 1 to 64 characters of A-Z a-z 0-9 _ . -; default: one that is made up. */
  name?: string
  handler: TriggerHandler
  /** Takes the description of each batch that is given up. */
  onFailure?: FailureHandler
}

/** A trigger, and what it has done. */
export interface ActiveTrigger extends TriggerSettings, TriggerCounts { name: string, url?: string, onFailure?: string }

export interface TriggersOptions {
  clock: Clock
  storage: Pick<Storage, 'kept' | 'keep'>
  dynamodb: Pick<DynamodbService, 'watch'>
  /** The store of an account in a region. */
  store (account: string, region: string): Promise<AccountStore>
  account: string
  region: string
  /** Hosts, beside loopback ones, that URLs may name. */
  allowedHosts: readonly string[]
  warn (text: string): void
}

interface Running { trigger: Trigger, url?: UrlTrigger, progress: Progress }

const NAME = /^[A-Za-z0-9_.-]{1,64}$/
const KEPT_NAME = 'triggers'
const DEFAULT_TIMEOUT_S = 60

/** What is kept of the triggers that call URLs; those of this process end with it. */
type Kept = { name: string, trigger: UrlTrigger, progress: Progress }[]

/**
 * Functions that are called with the changes of tables, with the semantics of Lambda's event source mappings: batches in
 * order per key, at least once, windows, retries, bisecting, partial failures, a destination for what is given up. All
 * waiting is by the emulator's clock.
 */
export class Triggers {
  readonly #options: TriggersOptions
  readonly #running = new Map<string, Running>()
  readonly #work = new Set<Promise<void>>()
  readonly #abort = new AbortController()
  #made = 0

  constructor (options: TriggersOptions) {
    this.#options = options
  }

  /**
   * Adds a trigger whose function is in this process. It follows the streams of its table, also one that is made later.
   * The function must not move the clock or call {@link settled}: both wait for it.
   *
   * @returns its name
   * @throws {@link BadTrigger} for settings that are not valid, or a name that is taken
   */
  async add ({ name = `trigger-${++this.#made}`, handler, onFailure, ...settings }: HandlerTrigger): Promise<string> {
    if (typeof handler !== 'function') throw new BadTrigger('"handler" takes a function')
    checkTrigger(TriggerSettingsSchema, settings)
    if (this.#running.has(name)) throw new BadTrigger(`The trigger ${name} already exists`)
    await this.#start(name, settings, { invoke: invokeHandler(handler), onFailure })
    return name
  }

  /**
   * Adds a trigger that calls a URL, or changes the settings of the one with the same name. It continues where it was, unless its
   * table changes. It survives a restart.
   * @throws {@link BadTrigger} for invalid settings, or a URL with a host that is not allowed
   */
  async put (name: string, given: UrlTrigger): Promise<ActiveTrigger> {
    checkTrigger(UrlTriggerSchema, given)
    for (const url of [given.url, given.onFailure]) if (url !== undefined) checkUrl(url, this.#options.allowedHosts)
    const before = this.#running.get(name)
    before?.trigger.stop()
    this.#running.delete(name)
    await this.#startUrl(name, given, before && isSameTable(before.trigger.table, this.#tableOf(given)) ? before.progress : undefined)
    await this.#keep()
    return this.#show(name, this.#running.get(name)!)
  }

  list (): ActiveTrigger[] {
    return [...this.#running].map(([name, running]) => this.#show(name, running))
  }

  /** Ends a trigger. @returns whether there was one of that name */
  async remove (name: string): Promise<boolean> {
    const running = this.#running.get(name)
    if (!running) return false
    running.trigger.stop()
    this.#running.delete(name)
    if (this.#running.size === 0) this.#options.dynamodb.watch.changed = undefined
    await this.#keep()
    return true
  }

  /** Resolves when every delivery that is due has been made, also those that these have caused. */
  async settled (): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled([...this.#work])
  }

  get isSettled (): boolean {
    return this.#work.size === 0
  }

  /** Continues with what was kept, when the services are loaded. */
  async begin (): Promise<void> {
    for (const { name, trigger, progress } of (this.#options.storage.kept(KEPT_NAME) ?? []) as Kept) await this.#startUrl(name, trigger, progress)
  }

  /** Restarts after the state of one account, or of all, was replaced: changes from now on are delivered. */
  async restart (ofAccount?: string): Promise<void> {
    for (const [name, { trigger, progress }] of this.#running) {
      const { account, region } = trigger.table
      if (ofAccount !== undefined && account !== ofAccount) continue
      const store = await this.#options.store(account, region)
      if (this.#running.get(name)?.trigger !== trigger) continue
      trigger.restart()
      progress.since = store.changeLog.lastSequence
      progress.shards = {}
    }
    await this.#keep()
  }

  close (): void {
    this.#options.dynamodb.watch.changed = undefined
    this.#abort.abort()
    for (const { trigger } of this.#running.values()) trigger.stop()
    this.#running.clear()
  }

  async #startUrl (name: string, trigger: UrlTrigger, progress?: Progress): Promise<void> {
    const { url, timeoutSeconds = DEFAULT_TIMEOUT_S, onFailure, ...settings } = trigger
    const how = { timeoutMs: timeoutSeconds * 1000, signal: this.#abort.signal }
    const destination = onFailure === undefined ? undefined : async (batch: DiscardedBatch) => { await post(onFailure, batch, how) }
    await this.#start(name, settings, { invoke: invokeUrl(url, how), onFailure: destination, url: trigger, progress })
  }

  async #start (
    name: string, given: TriggerSettings, { invoke, onFailure, url, progress }: { invoke: Invoke, onFailure?: FailureHandler, url?: UrlTrigger, progress?: Progress }
  ): Promise<void> {
    if (!NAME.test(name)) throw new BadTrigger('"name" takes 1 to 64 characters of A-Z a-z 0-9 _ . -')
    const { clock } = this.#options
    const warn = (text: string) => this.#options.warn(text)
    const { account, region } = this.#tableOf(given)
    const settings: FullSettings = { ...DEFAULT_SETTINGS, ...given, functionResponseTypes: [...given.functionResponseTypes ?? []] }
    const store = () => this.#options.store(account, region)
    const own = progress ?? { since: settings.startingPosition === 'LATEST' ? (await store()).changeLog.lastSequence : '', shards: {} }
    const trigger = new Trigger({
      name,
      settings,
      account,
      region,
      clock,
      store,
      invoke,
      discarded: async (batch) => {
        try {
          await onFailure?.(batch)
        } catch (error) {
          warn(`The destination of the trigger ${name} failed: ${messageOf(error)}`)
        }
      },
      failed: (error) => warn(`The trigger ${name} failed: ${messageOf(error)}`),
      keep: async () => { if (url) await this.#keep() },
      track: (work) => this.#track(work),
    }, own)
    this.#running.set(name, { trigger, url, progress: own })
    this.#options.dynamodb.watch.changed ??= (changed) => this.#wake(changed)
    trigger.wake()
  }

  #wake (changed: TableName): void {
    for (const { trigger } of this.#running.values()) if (isSameTable(trigger.table, changed)) trigger.wake()
  }

  #tableOf ({ table, account = this.#options.account, region = this.#options.region }: TriggerSettings): TableName {
    return { table, account, region }
  }

  #track (work: Promise<void>): void {
    this.#work.add(work)
    void work.finally(() => this.#work.delete(work))
  }

  async #keep (): Promise<void> {
    const kept: Kept = [...this.#running].flatMap(([name, { url, progress }]) => url ? [{ name, trigger: url, progress }] : [])
    if (kept.length > 0 || this.#options.storage.kept(KEPT_NAME) !== undefined) await this.#options.storage.keep(KEPT_NAME, structuredClone(kept))
  }

  #show (name: string, { trigger, url }: Running): ActiveTrigger {
    const { account, region } = trigger.table
    return {
      name,
      ...trigger.settings,
      account,
      region,
      ...(url && { url: url.url, ...(url.onFailure !== undefined && { onFailure: url.onFailure }) }),
      ...trigger.counts,
    }
  }
}

const isSameTable = (one: TableName, other: TableName) => one.table === other.table && one.account === other.account && one.region === other.region

const messageOf = (error: unknown) => error instanceof Error ? error.message : String(error)
