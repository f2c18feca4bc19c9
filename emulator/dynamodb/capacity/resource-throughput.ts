import { LastMinute } from './last-minute.ts'
import { PartitionKeys, type HotKey, type Kind } from './partition-keys.ts'
import { SustainedPeak, type PeakState } from './sustained-peak.ts'
import { TokenBucket } from './token-bucket.ts'

/** Which limit a request was above: the last part of AWS's reasons. */
export type LimitName = 'ProvisionedThroughputExceeded' | 'MaxOnDemandThroughputExceeded' | 'AccountLimitExceeded' | 'KeyRangeThroughputExceeded'

/** What a table or an index is given a second, of one kind. */
export type Allowance =
  | { readonly mode: 'PROVISIONED', readonly rate: number }
  | {
    readonly mode: 'PAY_PER_REQUEST'
    /** Before any traffic. */
    readonly initial: number
    /** The account's quota for a table. */
    readonly account: number
    /** `OnDemandThroughput`, where it is set. */
    readonly max: number | undefined
  }

/** Provisioned units that are not used are kept for so long. */
const BURST_SECONDS = 300

/** What is stored of one side. */
export interface SideState { levels: Partial<Record<LimitName, number>>, at: number, peak: PeakState }

/** The reads of a table or an index, or its writes: its limits, and what was used and refused. */
export class Side {
  readonly used = new LastMinute()
  readonly refused = new LastMinute()
  /** Units in the minute that is running. */
  current = 0
  #allowance: Allowance | undefined
  readonly #peak: SustainedPeak
  #limits: { name: LimitName, bucket: TokenBucket }[] = []
  #grows: TokenBucket | undefined

  constructor (at: number) {
    this.#peak = new SustainedPeak(at)
  }

  get onDemand (): boolean {
    return this.#allowance?.mode === 'PAY_PER_REQUEST'
  }

  /**
   * Sets what it is given from now on. A limit that there was before keeps its level.
   * @param since  when the bucket of a new limit began to fill, epoch ms
   */
  allow (allowance: Allowance, since: number, now: number): void {
    this.#allowance = allowance
    const before = this.#limits
    this.#limits = ratesOf(allowance, this.#peak.rate(now)).map(({ name, rate, seconds }) => {
      const bucket = before.find((limit) => limit.name === name)?.bucket ?? new TokenBucket({ rate, seconds, at: since })
      if (bucket.rate !== rate) bucket.resize(rate, seconds, now)
      return { name, bucket }
    })
    this.#grows = this.#limits.find(({ name }) => name === 'KeyRangeThroughputExceeded')?.bucket
  }

  /** The limits as they are at a time: one on demand grows with its traffic. */
  limits (now: number): readonly { name: LimitName, bucket: TokenBucket }[] {
    const allowance = this.#allowance
    if (this.#grows && allowance?.mode === 'PAY_PER_REQUEST') {
      const rate = Math.max(allowance.initial, 2 * this.#peak.rate(now))
      if (rate !== this.#grows.rate) this.#grows.resize(rate, 1, now)
    }
    return this.#limits
  }

  /** Counts what was let through. */
  use (units: number, now: number): void {
    this.used.add(units, now)
    this.current += units
    if (!this.#grows) return
    this.#peak.rate(now) // closes the minutes before
    this.#peak.add(units)
  }

  state (now: number): SideState {
    return { levels: Object.fromEntries(this.limits(now).map(({ name, bucket }) => [name, bucket.level(now)])), at: now, peak: this.#peak.state }
  }

  /** Resumes from a stored state. The limits of now have been set. */
  resume ({ levels, at, peak }: SideState): void {
    this.#peak.state = peak
    for (const { name, bucket } of this.#limits) if (levels[name] !== undefined) bucket.restore(levels[name], at)
  }
}

function ratesOf (allowance: Allowance, peak: number): { name: LimitName, rate: number, seconds: number }[] {
  if (allowance.mode === 'PROVISIONED') return [{ name: 'ProvisionedThroughputExceeded', rate: allowance.rate, seconds: BURST_SECONDS }]
  const { initial, account, max } = allowance
  return [
    ...(max === undefined ? [] : [{ name: 'MaxOnDemandThroughputExceeded' as const, rate: max, seconds: 1 }]),
    { name: 'AccountLimitExceeded', rate: account, seconds: 1 },
    { name: 'KeyRangeThroughputExceeded', rate: Math.max(initial, 2 * peak), seconds: 1 },
  ]
}

/** The throughput of a table, or of one of its global indexes. */
export class ResourceThroughput {
  readonly arn: string
  readonly scope: 'Table' | 'Index'
  readonly keys: PartitionKeys
  readonly Read: Side
  readonly Write: Side

  /** @param options.at  epoch ms, from which its buckets fill */
  constructor ({ arn, scope, keyLimits, at }: { arn: string, scope: 'Table' | 'Index', keyLimits: Readonly<Record<Kind, number>>, at: number }) {
    this.arn = arn
    this.scope = scope
    this.keys = new PartitionKeys(keyLimits)
    this.Read = new Side(at)
    this.Write = new Side(at)
  }

  /** Begins a minute. @returns what was used in the one that ends, and its hottest key */
  endMinute (): { units: number, hottest: HotKey | undefined } {
    const units = this.Read.current + this.Write.current
    this.Read.current = 0
    this.Write.current = 0
    return { units, hottest: this.keys.endMinute() }
  }
}
