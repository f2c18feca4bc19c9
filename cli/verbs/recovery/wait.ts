import { setTimeout as sleep } from 'node:timers/promises'
import { Option, type Command } from 'commander'
import { Failure } from '../../output/failure.ts'
import { progress } from '../../output/output.ts'
import { durationMs } from '../../settings/duration.ts'

const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 5_000
const DEFAULT_TIMEOUT_MS = 3_600_000

export interface WaitOptions {
  /** `false` with `--no-wait`. */
  wait: boolean
  /** Milliseconds. */
  timeout: number
}

/** Adds `--no-wait` and `--timeout`. */
export const withWait = (command: Command): Command => command
  .option('--no-wait', 'end as soon as DynamoDB has accepted it')
  .addOption(new Option('--timeout <duration>', 'how long to wait').argParser(durationMs('s', '30m or 6h')).default(DEFAULT_TIMEOUT_MS, '1h'))

interface Waiting<T> {
  /** For people, such as `The export`. */
  what: string
  first: T
  look: () => Promise<T>
  status: (state: T) => string | undefined
  /** The status while it is going on; any other ends the wait. */
  whileIn: string
  /** A line for a terminal. Default: the status. */
  line?: (state: T) => string
}

/**
 * Polls long-running work until it has ended, at growing intervals, and reports each change on a terminal.
 * @returns the last state; without waiting, the first
 * @throws {@link Failure} when it takes longer than `--timeout`; the work itself continues
 */
export async function waitFor<T> ({ wait, timeout }: WaitOptions, { what, first, look, status, whileIn, line = (state) => String(status(state)) }: Waiting<T>): Promise<T> {
  if (!wait) return first
  const began = performance.now()
  let shown = ''
  let state = first
  for (let pause = FIRST_PAUSE_MS; status(state) === whileIn; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    if (performance.now() - began > timeout) throw new Failure(`${what} is still ${whileIn} after ${Math.round(timeout / 1000)} s; it continues without this command`)
    await sleep(pause)
    state = await look()
    if (line(state) !== shown) progress(`${what}: ${line(state)}`)
    shown = line(state)
  }
  return state
}
