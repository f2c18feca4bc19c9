import { existsSync } from 'node:fs'
import { CommanderError, type Command } from 'commander'
import type { ProcessLike } from '../server/process.ts'
import { DONE, outcomeOf, WRONG_USAGE } from './output/failure.ts'
import { buildProgram } from './program.ts'

/** The output of the command, and the signals that end it; a test passes its own. */
export interface Host extends ProcessLike {
  stdout: { write (text: string): unknown }
}

/**
 * Runs one command line.
 *
 * @param args  without node and the script
 * @returns the exit status: 0 done, 1 failed, 2 wrong usage. `start`, `emulator` and `server` keep running after it.
 */
export async function run (args: readonly string[], host: Host = process): Promise<number> {
  try {
    if (existsSync('.env')) process.loadEnvFile('.env')
    const program = await buildProgram(args, host)
    configure(program, host)
    await program.parseAsync(args, { from: 'user' })
    return DONE
  } catch (error) {
    // Commander has already printed its message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE
    const { status, line } = outcomeOf(error)
    host.stderr.write(`sandtable: ${line}\n`)
    return status
  }
}

/** Commands that were made elsewhere do not inherit their parent's settings. */
function configure (command: Command, host: Host): void {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(see --help)')
    .configureOutput({
      writeOut: (text) => { host.stdout.write(text) },
      writeErr: (text) => { host.stderr.write(text) },
    })
  for (const child of command.commands) configure(child, host)
}
