import { useSyncExternalStore } from 'react'
import { CONSOLE_CAUSE } from '../access/own-calls.ts'
import { controlUrl } from '../access/control.ts'
import { LiveEvents } from './live-events.ts'

export interface Sums {
  calls: number
  failures: number
  readUnits: number
  writeUnits: number
}

/** What the calls of about a second came to. */
export interface Activity extends Sums {
  /** How long it was, ms of real time. */
  ms: number
  sequence: number
  lost: number
  byService: Record<string, Sums>
}

/** What there is to show of the emulator while the page is open. */
export interface LiveState {
  connection: 'connecting' | 'open' | 'lost'
  /** The last minutes, oldest first, each with its time in seconds since the Unix epoch. */
  seconds: readonly (Activity & { at: number })[]
  /** Since the page was opened. */
  total: Sums
}

const KEPT_SECONDS = 300

let state: LiveState = { connection: 'connecting', seconds: [], total: { calls: 0, failures: 0, readUnits: 0, writeUnits: 0 } }
const listeners = new Set<() => void>()
const reconnected = new Set<() => void>()

function update (changes: Partial<LiveState>): void {
  state = { ...state, ...changes }
  for (const listener of listeners) listener()
}

function add (activity: Activity): void {
  const { total } = state
  update({
    seconds: [...state.seconds.slice(1 - KEPT_SECONDS), { ...activity, at: Date.now() / 1000 }],
    total: {
      calls: total.calls + activity.calls,
      failures: total.failures + activity.failures,
      readUnits: total.readUnits + activity.readUnits,
      writeUnits: total.writeUnits + activity.writeUnits,
    },
  })
}

/** Follows the emulator for as long as the page is open, and tells when it comes back after it was gone. */
export function followActivity (onReconnected: () => void): void {
  reconnected.add(onReconnected)
  new LiveEvents(controlUrl(`/activity/stream?exceptCausedBy=${CONSOLE_CAUSE}`), {
    onOpen () {
      const wasLost = state.connection === 'lost'
      update({ connection: 'open' })
      if (wasLost) for (const listener of reconnected) listener()
    },
    onLost: () => update({ connection: 'lost' }),
    onMessage: (data) => add(JSON.parse(data) as Activity), // as the route describes it
  }).start()
}

export function useLive (): LiveState {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, () => state)
}
