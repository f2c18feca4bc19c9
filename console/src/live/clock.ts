import { useEffect, useReducer } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { control } from '../access/control.ts'
import type { ClockState } from '../access/control-types.ts'

interface Reading extends ClockState {
  /** When it was read, ms of this page. */
  readAt: number
}

const KEY = ['clock']

const reading = (state: ClockState): Reading => ({ ...state, readAt: performance.now() })

/** The emulator's time, which runs on between two readings. `undefined` before the first. */
export function useClock (): { now: number, frozen: boolean } | undefined {
  const { data } = useQuery({ queryKey: KEY, queryFn: async () => reading(await control('GET /clock')), refetchInterval: 3000 })
  const [, tick] = useReducer((count: number) => count + 1, 0)
  const runs = data?.frozen === false
  useEffect(() => {
    if (!runs) return
    const timer = setInterval(tick, 1000)
    return () => clearInterval(timer)
  }, [runs])
  if (!data) return undefined
  return { now: data.frozen ? data.epochMs : data.epochMs + performance.now() - data.readAt, frozen: data.frozen }
}

/** Takes over what a route answered after it moved the clock; what depends on the time is asked for again. */
export function useMovedClock (): (state: ClockState) => void {
  const queries = useQueryClient()
  return (state) => {
    queries.setQueryData(KEY, reading(state))
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] })
  }
}
