import { setMaxListeners } from 'node:events'
import { pause } from './clock.ts'
import type { Context } from './context.ts'
import type { AwsError } from './errors.ts'
import { LONGEST_LATENCY_MS, type ActiveFault, type FaultRule, type Latency } from './fault-rule.ts'
import { isKey } from './key-match.ts'
import { seededRandom } from './random.ts'
import { matchesWildcard } from './wildcard.ts'

/** A resource or key that a call names. */
export interface Subject {
  /** A table, bucket or collection. */
  resource: string
  /** An item's attributes, its key's among them, or an object's key. */
  key?: unknown
}

/** A call as fault rules see it. */
export interface FaultyCall<C extends Context = Context> {
  service: string
  operation: string
  ctx: C
  /** The resources of a call, as its input names them. */
  subjects: readonly Subject[]
}

/** What fault rules need to know of a service. */
export interface ServiceFaults<C extends Context = Context> {
  /** The subjects of a call. Its input need not be valid yet. */
  subjects (input: unknown, ctx: C): Subject[]
  /** @param struck  which of the subjects are throttled */
  throttled (call: FaultyCall<C>, struck: readonly Subject[]): AwsError
  internal (): AwsError
  accessDenied (call: FaultyCall<C>): AwsError
  /** Any error by its code, in this service's form. */
  named (error: { code: string, status?: number, message?: string }): AwsError
  /** The operations that succeed even if some of their items are throttled, one item for each of the subjects. */
  readonly batches?: Readonly<Record<string, Batch>>
}

/** How a batch continues without some of its items. */
export interface Batch {
  /** The input without the items at these indexes of the subjects. */
  without (input: object, places: ReadonlySet<number>): object
  /** The answer, with these items of the input added as unprocessed. */
  withUnprocessed (output: object, input: object, places: ReadonlySet<number>): object
}

/** What the rules do to one call. */
export interface Strike {
  delayMs: number
  error?: FaultRule['error']
  /** Indexes of the subjects that are hit: all that match the rule or, in a batch, those that were drawn. */
  places: ReadonlySet<number>
}

/** Rules that make calls fail or wait. Without rules they cost nothing. */
export class Faults {
  #rules: Rule[] = []
  #count = 0
  readonly #operations: () => Readonly<Record<string, readonly string[]>>
  readonly #ending = new AbortController()

  /** @param operations  the names of each service's operations, read when a rule is added */
  constructor (operations: () => Readonly<Record<string, readonly string[]>> = () => ({})) {
    this.#operations = operations
    // Each late call waits for it.
    setMaxListeners(0, this.#ending.signal)
  }

  /** Whether there is any rule. */
  get any (): boolean {
    return this.#rules.length > 0
  }

  /**
   * Adds a rule after the existing ones, or replaces the one with the same id.
   * @returns the rule, with its id and its seed
   * @throws BadFaultRule, saying what is wrong
   */
  async add (rule: FaultRule): Promise<ActiveFault> {
    // Loaded with the first rule, since its schema library loads slowly.
    const { checkFaultRule } = await import('./fault-rule.ts')
    const checked = checkFaultRule(rule, this.#operations())
    const id = checked.id ?? this.#nextId()
    const added = new Rule({ ...checked, id, seed: checked.seed ?? Math.floor(Math.random() * 2 ** 32) })
    const place = this.#rules.findIndex((one) => one.rule.id === id)
    this.#rules = place < 0 ? [...this.#rules, added] : this.#rules.with(place, added)
    return added.show()
  }

  /** The rules in the order in which they are tried, with their hits. */
  list (): ActiveFault[] {
    return this.#rules.map((rule) => rule.show())
  }

  /** Deletes one rule. @returns whether there was one of this id */
  remove (id: string): boolean {
    const before = this.#rules.length
    this.#rules = this.#rules.filter(({ rule }) => rule.id !== id)
    return this.#rules.length < before
  }

  /** Deletes all rules, or those for one service or account. @returns how many */
  clear (scope: { service?: string, account?: string } = {}): number {
    const before = this.#rules.length
    this.#rules = this.#rules.filter(({ rule: { service, account } }) =>
      (scope.service !== undefined && scope.service !== service) || (scope.account !== undefined && scope.account !== account))
    return before - this.#rules.length
  }

  /**
   * Decides about one call: delays add up, and the first error ends it.
   * @param isBatch  throttling hits single items
   */
  draw (call: FaultyCall, isBatch: boolean): Strike {
    const strike = { delayMs: 0, error: undefined as FaultRule['error'], places: new Set<number>() }
    for (const rule of this.#rules) {
      const places = rule.placesIn(call)
      if (!places) continue
      const inParts = isBatch && rule.rule.error === 'throttle'
      const hit = inParts ? places.filter(() => rule.hits()) : rule.hits() && places
      if (!hit || (inParts && hit.length === 0)) continue
      strike.delayMs += rule.delay()
      if (rule.rule.error === undefined) continue
      return { ...strike, error: rule.rule.error, places: new Set(hit) }
    }
    return strike
  }

  /** Delays a call, in real time. */
  hold (ms: number): Promise<void> {
    return pause(ms, { signal: this.#ending.signal })
  }

  /** Deletes all rules, and releases delayed calls. */
  close (): void {
    this.#rules = []
    this.#ending.abort()
  }

  #nextId (): string {
    for (;;) {
      const id = `fault-${++this.#count}`
      if (!this.#rules.some(({ rule }) => rule.id === id)) return id
    }
  }
}

/** One active rule. */
class Rule {
  readonly rule: FaultRule & { id: string, seed: number }
  readonly #random: () => number
  #seen = 0
  #hits = 0

  constructor (rule: Rule['rule']) {
    this.rule = rule
    this.#random = seededRandom(rule.seed)
  }

  show (): ActiveFault {
    return { ...structuredClone(this.rule), seen: this.#seen, hits: this.#hits }
  }

  /** The indexes of the subjects that match the rule; `undefined` if the rule is not for this call. */
  placesIn ({ service, operation, ctx, subjects }: FaultyCall): number[] | undefined {
    const { rule } = this
    if (rule.service !== undefined && rule.service !== service) return undefined
    if (rule.operation !== undefined && rule.operation !== operation) return undefined
    if (rule.account !== undefined && rule.account !== ctx.account) return undefined
    const places = [...subjects.keys()].filter((place) => this.#isFor(subjects[place]!))
    return places.length > 0 || (rule.resource === undefined && rule.key === undefined) ? places : undefined
  }

  /** Counts a call, or an item of a batch, and decides about it. */
  hits (): boolean {
    const { share, skip = 0, every = 1, times = Infinity } = this.rule
    const nth = ++this.#seen - skip
    const hit = nth > 0 && nth % every === 0 && this.#hits < times && (share === undefined || this.#random() < share)
    if (hit) this.#hits++
    return hit
  }

  delay (): number {
    return this.rule.latency === undefined ? 0 : drawLatency(this.rule.latency, this.#random)
  }

  #isFor ({ resource, key }: Subject): boolean {
    if (this.rule.resource !== undefined && !matchesWildcard(resource, this.rule.resource)) return false
    return this.rule.key === undefined || isKey(this.rule.key, key)
  }
}

/** The 99th percentile of the standard normal distribution. */
const P99 = 2.3263478740408408

function drawLatency (latency: Latency, random: () => number): number {
  if (typeof latency === 'number') return latency
  if ('min' in latency) return latency.min + random() * (latency.max - latency.min)
  const ms = 'mean' in latency
    ? latency.mean + latency.deviation * standardNormal(random)
    : latency.p50 * (latency.p99 / latency.p50) ** (standardNormal(random) / P99)
  return Math.min(Math.max(ms, 0), LONGEST_LATENCY_MS)
}

/** The Box-Muller transform. */
const standardNormal = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
