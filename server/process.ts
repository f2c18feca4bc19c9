import { ConfigError } from './config.ts'

/** Something that runs until it is closed. */
export interface Running { close (): Promise<void> }

/** The part of a process that a test can stand in for. */
export interface ProcessLike {
  on (event: 'SIGTERM' | 'SIGINT' | 'uncaughtException' | 'unhandledRejection', listener: (value: unknown) => void): unknown
  exit (code: number): void
  stderr: { write (text: string): unknown }
}

/** Exit codes: done, failed, wrong settings; a second signal gives 128 and the signal's number. */
const OK = 0
const FAILED = 1
const WRONG_USAGE = 2
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const

/**
 * Runs something as this process: starts it, closes it at the first SIGTERM or SIGINT and exits with 0, exits at once
 * at the second. A start that fails, or an uncaught error, is reported on standard error and ends it with 1, a
 * wrong setting with 2.
 *
 * @param start  a signal during it is obeyed when it has ended
 */
export async function runUntilStopped (start: () => Promise<Running>, on: ProcessLike = process): Promise<void> {
  let stopping = false
  let starting: Promise<Running> | undefined

  async function stop (code: number): Promise<void> {
    stopping = true
    try {
      await (await starting)?.close()
      on.exit(code)
    } catch (error) {
      on.stderr.write(`Stopping failed: ${describe(error)}\n`)
      on.exit(FAILED)
    }
  }

  function fail (error: unknown): void {
    on.stderr.write(`${describe(error)}\n`)
    if (stopping) on.exit(FAILED)
    else void stop(FAILED)
  }

  for (const [signal, code] of Object.entries(SIGNALS)) {
    on.on(signal as keyof typeof SIGNALS, () => { // of the table's own keys
      if (stopping) on.exit(code)
      else void stop(OK)
    })
  }
  on.on('uncaughtException', fail)
  on.on('unhandledRejection', fail)

  starting = start()
  try {
    await starting
  } catch (error) {
    starting = undefined
    on.stderr.write(`${describe(error)}\n`)
    on.exit(error instanceof ConfigError ? WRONG_USAGE : FAILED)
  }
}

/** One line for what an operator can fix, everything for anything else. */
function describe (error: unknown): string {
  if (error instanceof ConfigError) return error.message
  const { code, address, port } = error as { code?: string, address?: string, port?: number } // a system error has them
  if (code === 'EADDRINUSE') return `Port ${port} on ${address} is in use. Set another port, or 0 to let the system choose.`
  if (code === 'EACCES' && port !== undefined) return `This user may not open port ${port}.`
  return error instanceof Error ? error.stack ?? error.message : String(error)
}
