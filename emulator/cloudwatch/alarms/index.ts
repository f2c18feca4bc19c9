import type { Cancel, Clock } from '../../core/clock.ts'
import { Turns } from '../../core/turns.ts'
import type { CloudwatchStore } from '../store.ts'
import { alarmArn, type Alarm } from './alarm.ts'
import type { HistoryItem } from './alarm-book.ts'
import type { Deliveries } from './deliveries.ts'
import { evaluateComposite, evaluateMetricAlarm, everySeconds, type Finding } from './evaluate.ts'

export interface AlarmsOptions {
  clock: Clock
  deliveries: Deliveries
  /** The stores that are in use. */
  stores (): Iterable<CloudwatchStore>
  /** Brings the metrics up to date. */
  catchUp (now: number): Promise<void>
  /** Called after each round of evaluations. */
  evaluated?: (now: number) => Promise<void>
}

const SHORT_MS = 10_000
const MINUTE_MS = 60_000

/** Evaluates alarms every minute of the emulator's clock, those of shorter periods every ten seconds, and carries out what follows. */
export class Alarms {
  readonly #options: AlarmsOptions
  readonly #turns = new Turns()
  #cancel: Cancel | undefined
  #nextAt: number | undefined

  constructor (options: AlarmsOptions) {
    this.#options = options
  }

  /** Plans the next round, if there are alarms: called when one was made, or a state was loaded. */
  plan (): void {
    const alarms = [...this.#options.stores()].flatMap((store) => store.alarms.size > 0 ? store.alarms.list() : [])
    if (alarms.length === 0) return
    const step = alarms.some((alarm) => everySeconds(alarm) < 60) ? SHORT_MS : MINUTE_MS
    const at = (Math.floor(this.#options.clock.now() / step) + 1) * step
    if (this.#nextAt !== undefined && this.#nextAt <= at && this.#nextAt > this.#options.clock.now()) return
    this.#cancel?.()
    this.#nextAt = at
    this.#cancel = this.#options.clock.schedule(at, () => this.#round(at))
  }

  /** Gives an alarm a state, as SetAlarmState does: it lasts until the next evaluation. */
  setState (store: CloudwatchStore, alarm: Alarm, finding: Finding, at: number): Promise<void> {
    return this.#turns.take(async () => {
      await this.#apply(store, alarm, finding, at)
    })
  }

  close (): void {
    this.#cancel?.()
  }

  async #round (at: number): Promise<void> {
    this.#nextAt = undefined
    try {
      await this.#options.catchUp(at)
      await this.#turns.take(async () => {
        for (const store of this.#options.stores()) await this.#evaluate(store, at)
      })
      await this.#options.evaluated?.(at)
    } finally {
      this.plan()
    }
  }

  async #evaluate (store: CloudwatchStore, at: number): Promise<void> {
    for (const alarm of store.alarms.list()) {
      if (at % (everySeconds(alarm) * 1000) !== 0) continue
      const finding = alarm.type === 'MetricAlarm' ? evaluateMetricAlarm(alarm, store, at) : evaluateComposite(alarm, store)
      if (finding) await this.#apply(store, alarm, finding, at)
    }
  }

  /** Sets a state; when its value changed, composite alarms follow at once. */
  async #apply (store: CloudwatchStore, alarm: Alarm, finding: Finding, at: number): Promise<void> {
    const before = alarm.state
    const isChanged = before.value !== finding.value
    const after: Alarm = { ...alarm, state: { ...finding, updatedAt: at, transitionedAt: isChanged ? at : before.transitionedAt } }
    if (!isChanged) return store.alarms.put([after])
    const item = (type: HistoryItem['type'], summary: string, data: object): HistoryItem =>
      ({ alarm: alarm.name, alarmType: alarm.type, at, type, summary, data: JSON.stringify(data).slice(0, 4095) })
    const shown = ({ value, reason, reasonData }: Finding) => ({ stateValue: value, stateReason: reason, ...(reasonData !== undefined && { stateReasonData: JSON.parse(reasonData) as unknown }) })
    await store.alarms.put([after], [item('StateUpdate', `Alarm updated from ${before.value} to ${finding.value}`,
      { version: '1.0', oldState: shown(before), newState: shown(finding) })])
    const { event, failures } = await this.#options.deliveries.deliver({ alarm: after, before, account: store.account, region: store.region, at })
    await store.alarms.note(event.actions.map((action) => {
      const error = failures.get(action)
      return item('Action', error === undefined ? `Successfully executed action ${action}` : `Failed to execute action ${action}`, {
        actionState: error === undefined ? 'Succeeded' : 'Failed', notificationResource: action, ...(error !== undefined && { error }), stateUpdateTimestamp: at, publishedMessage: alarmArn(store, alarm.name),
      })
    }))
    for (const { name } of store.alarms.list()) {
      const other = store.alarms.get(name) // it may have changed meanwhile
      if (other?.type !== 'CompositeAlarm' || name === alarm.name) continue
      const found = evaluateComposite(other, store, after)
      if (found) await this.#apply(store, other, found, at)
    }
  }
}
