import { Type, type Static } from 'typebox'
import type { Clock } from '../core/clock.ts'
import { schemaFaults } from '../core/schema-faults.ts'
import type { Storage } from '../core/storage/storage.ts'
import type { ObjectEvent } from '../s3/notifications/event.ts'
import { invokeUrl } from './invocation.ts'
import { BadTrigger, checkUrl } from './trigger-rule.ts'

/** A function that is called over HTTP. */
export const UrlFunctionSchema = Type.Object({
  url: Type.String({ pattern: '^https?://', maxLength: 2048, description: 'a URL, http or https' }),
  /** How long a call may take, in real time. */
  timeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 900, description: 'a whole number from 1 to 900' })),
}, { additionalProperties: false })

export type UrlFunction = Static<typeof UrlFunctionSchema>

/** Takes an event of S3. The call fails when it throws. */
export type ObjectHandler = (event: ObjectEvent) => void | Promise<void>

/** A function, and what has become of its calls since it was added or the emulator was started. */
export interface ActiveFunction extends Partial<UrlFunction> {
  name: string
  /** Events that it has taken. */
  delivered: number
  /** Failed calls. */
  failures: number
  /** Events that were given up. */
  discarded: number
  lastError?: string
}

export interface FunctionsOptions {
  clock: Clock
  storage: Pick<Storage, 'kept' | 'keep'>
  /** Hosts, beside loopback ones, that URLs may name. */
  allowedHosts: readonly string[]
  warn (text: string): void
}

interface Running {
  invoke (event: ObjectEvent): Promise<unknown>
  url?: UrlFunction
  counts: Pick<ActiveFunction, 'delivered' | 'failures' | 'discarded' | 'lastError'>
  /** Events that wait for a free place. */
  waiting: (() => void)[]
  active: number
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/
const FUNCTION_ARN = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:([A-Za-z0-9_-]{1,64})(?::[\w$-]{1,128})?$/
const KEPT_NAME = 'functions'
const DEFAULT_TIMEOUT_S = 60
const MOST_AT_ONCE = 10

/** How long Lambda waits before each retry of an asynchronous call, in ms of the emulator's clock. */
const RETRY_AFTER_MS = [60_000, 120_000]

/** What is kept of the functions that are called over HTTP. */
type Kept = { name: string, function: UrlFunction }[]

/**
 * Functions that stand for those of Lambda which buckets notify, by the name at the end of their ARN. Calls are asynchronous, as S3's
 * are: one event a call, in no order, with two retries by the emulator's clock. Events that wait for a retry end with the process.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class Functions {
  readonly #options: FunctionsOptions
  readonly #running = new Map<string, Running>()
  readonly #work = new Set<Promise<void>>()
  readonly #abort = new AbortController()

  constructor (options: FunctionsOptions) {
    this.#options = options
  }

  /**
   * Adds a function of this process. It must not move the clock or wait for the emulator to settle: both wait for it.
   * @throws {@link BadTrigger} for a name that is not valid or is taken
   */
  add ({ name, handler }: { name: string, handler: ObjectHandler }): void {
    if (typeof handler !== 'function') throw new BadTrigger('"handler" takes a function')
    if (this.#running.has(name)) throw new BadTrigger(`The function ${name} already exists`)
    this.#start(name, { invoke: async (event) => handler(structuredClone(event)) })
  }

  /**
   * Adds a function that is called over HTTP, or replaces the one of the same name. It survives a restart.
   * @throws {@link BadTrigger} for invalid settings, or a URL with a host that is not allowed
   */
  async put (name: string, given: UrlFunction): Promise<ActiveFunction> {
    const faults = schemaFaults(UrlFunctionSchema, given)
    if (faults.length > 0) throw new BadTrigger(faults.join('; '))
    checkUrl(given.url, this.#options.allowedHosts)
    this.#startUrl(name, given)
    await this.#keep()
    return show(name, this.#running.get(name)!)
  }

  list (): ActiveFunction[] {
    return [...this.#running].map(([name, running]) => show(name, running))
  }

  /** @returns whether there was one of that name */
  async remove (name: string): Promise<boolean> {
    const was = this.#running.delete(name)
    await this.#keep()
    return was
  }

  /** Whether an ARN is that of a function which is here. */
  has (arn: string): boolean {
    return this.#running.has(nameIn(arn))
  }

  /** Calls a function with an event, and again if it fails; its caller does not wait. An event for a function that is gone is dropped. */
  invoke (arn: string, event: ObjectEvent): void {
    this.#deliver(nameIn(arn), event, 0)
  }

  /** Resolves when every call that is due has been made, also those that these have caused. */
  async settled (): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled([...this.#work])
  }

  get isSettled (): boolean {
    return this.#work.size === 0
  }

  /** Continues with what was kept. */
  begin (): void {
    for (const { name, function: kept } of (this.#options.storage.kept(KEPT_NAME) ?? []) as Kept) this.#startUrl(name, kept)
  }

  close (): void {
    this.#abort.abort()
    this.#running.clear()
  }

  #startUrl (name: string, url: UrlFunction): void {
    const { timeoutSeconds = DEFAULT_TIMEOUT_S } = url
    this.#start(name, { invoke: invokeUrl(url.url, { timeoutMs: timeoutSeconds * 1000, signal: this.#abort.signal }), url })
  }

  #start (name: string, how: Pick<Running, 'invoke' | 'url'>): void {
    if (!NAME.test(name)) throw new BadTrigger('"name" takes 1 to 64 characters of A-Z a-z 0-9 _ -')
    this.#running.set(name, { ...how, counts: { delivered: 0, failures: 0, discarded: 0 }, waiting: [], active: 0 })
  }

  #deliver (name: string, event: ObjectEvent, attempt: number): void {
    const running = this.#running.get(name)
    if (!running) return
    const work = this.#call(name, running, event, attempt)
    this.#work.add(work)
    void work.finally(() => this.#work.delete(work))
  }

  async #call (name: string, running: Running, event: ObjectEvent, attempt: number): Promise<void> {
    if (running.active >= MOST_AT_ONCE) await new Promise<void>((resolve) => running.waiting.push(resolve))
    running.active++
    try {
      await running.invoke(event)
      running.counts.delivered++
    } catch (error) {
      this.#failed(name, running, { event, attempt, error })
    } finally {
      running.active--
      running.waiting.shift()?.()
    }
  }

  #failed (name: string, { counts }: Running, { event, attempt, error }: { event: ObjectEvent, attempt: number, error: unknown }): void {
    if (this.#abort.signal.aborted) return
    counts.failures++
    counts.lastError = error instanceof Error ? error.message : String(error)
    const waitMs = RETRY_AFTER_MS[attempt]
    if (waitMs === undefined) {
      counts.discarded++
      this.#options.warn(`The function ${name} failed three times, and its event is discarded: ${counts.lastError}`)
      return
    }
    const { clock } = this.#options
    clock.schedule(clock.now() + waitMs, async () => {
      this.#deliver(name, event, attempt + 1)
      await this.settled()
    })
  }

  async #keep (): Promise<void> {
    const kept: Kept = [...this.#running].flatMap(([name, { url }]) => url ? [{ name, function: url }] : [])
    if (kept.length > 0 || this.#options.storage.kept(KEPT_NAME) !== undefined) await this.#options.storage.keep(KEPT_NAME, structuredClone(kept))
  }
}

const nameIn = (arn: string): string => FUNCTION_ARN.exec(arn)?.[1] ?? ''

const show = (name: string, { url, counts }: Running): ActiveFunction => ({ name, ...url, ...counts })
