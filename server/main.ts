import { existsSync } from 'node:fs'
import { loadConfig, type Config } from './config.ts'
import { loggerOptions, type LoggerOptions } from './core/logging.ts'
import { runUntilStopped } from './process.ts'
import { startServer } from './server.ts'

/**
 * The configuration of this process: its environment, and `.env` for what that does not say.
 *
 * @param given  settings of the command line, which go before both
 */
export function readConfig (given: Readonly<Record<string, string | undefined>> = {}): Config {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const said = Object.entries(given).filter(([, value]) => value !== undefined)
  return loadConfig({ ...process.env, ...Object.fromEntries(said) })
}

/** The log of this process: for people in a terminal, one JSON line an event anywhere else. */
export async function processLogger (config: Config): Promise<LoggerOptions> {
  const level = config.log.level
  if (!process.stdout.isTTY) return loggerOptions({ level })
  const { PinoPretty } = await import('pino-pretty')
  return loggerOptions({ level, stream: PinoPretty({ sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss.l' }) })
}

/** Runs the API alone as this process, until a signal ends it. Says in one line on standard output that it is ready. */
export function runServer (): Promise<void> {
  return runUntilStopped(async () => {
    const config = readConfig()
    const server = await startServer({ config, logger: await processLogger(config) })
    process.stdout.write(`Sandtable is ready: API ${server.url}, docs ${server.url}/docs, store ${config.store}\n`)
    return server
  })
}
