import { useEffect, useState } from 'react'
import { control, controlUrl } from '../../access/control.ts'
import type { TracedCall } from '../../access/control-types.ts'
import { CONSOLE_CAUSE } from '../../access/own-calls.ts'
import { LiveEvents } from '../../live/live-events.ts'
import { tellError } from '../../shell/messages.tsx'

/** What the route takes of the page's parameters. */
export const FILTERS = ['service', 'operation', 'resource', 'result', 'requestId', 'causedBy', 'minDurationMs', 'failed'] as const

const MOST_CALLS = 10_000
/** New calls are shown together, so that thousands a second do not draw the page thousands of times. */
const SHOW_EVERY_MS = 250

export interface Followed {
  calls: readonly TracedCall[]
  /** Calls that came faster than the trace keeps. */
  lost: number
  isLoaded: boolean
}

/** The calls that fit, the newest first, as they are made. @param filter  a query string of {@link FILTERS} */
export function useCalls (filter: string, { paused, own }: { paused: boolean, own: boolean }): Followed {
  const [followed, setFollowed] = useState<Followed>({ calls: [], lost: 0, isLoaded: false })
  useEffect(() => {
    if (paused) return
    let live: LiveEvents | undefined
    let waiting: TracedCall[] = []
    let ended = false
    const isShown = (call: TracedCall) => own || call.causedBy !== CONSOLE_CAUSE
    const show = setInterval(() => {
      if (waiting.length === 0) return
      const fresh = waiting.reverse()
      waiting = []
      setFollowed(({ calls, ...rest }) => ({ ...rest, calls: [...fresh, ...calls].slice(0, MOST_CALLS) }))
    }, SHOW_EVERY_MS)

    control('GET /trace', `/trace?${filter}`).then(({ sequence, calls }) => {
      if (ended) return
      setFollowed({ calls: calls.filter(isShown).reverse(), lost: 0, isLoaded: true })
      live = new LiveEvents(controlUrl(`/trace/stream?${filter}&after=${sequence}`), {
        onMessage (data) {
          const call = JSON.parse(data) as TracedCall // as the route describes it
          if (isShown(call)) waiting.push(call)
        },
        named: { lost: (data) => setFollowed((before) => ({ ...before, lost: before.lost + (JSON.parse(data) as { calls: number }).calls })) }, // as the route describes it
      })
      live.start()
    }).catch(tellError)
    return () => {
      ended = true
      clearInterval(show)
      live?.stop()
    }
  }, [filter, paused, own])
  return followed
}
