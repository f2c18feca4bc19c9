import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { isReachableFromOutside } from '../http/browser-guard.ts'
import { buildApp, type AppOptions } from './app.ts'
import type { AwsClients } from './aws/clients.ts'
import type { Config } from './config.ts'
import { stopwatch, systemClock, type Clock } from './core/clock.ts'
import { openStore } from './store.ts'

export interface ServerOptions extends Pick<AppOptions, 'isFull' | 'localIssuer' | 'logger' | 'features' | 'stalledBodyMs'> {
  config: Config
  /** Clients of a store that is open already, and stays so. Default: the one that `config.store` names, closed with the server. */
  aws?: AwsClients
  /** Goes with `aws`. Default: the machine's. */
  clock?: Clock
}

export interface RunningServer {
  /** `http://127.0.0.1:3000` */
  url: string
  app: FastifyInstance
  /** Stops listening, lets what is running finish (`SHUTDOWN_TIMEOUT`), then closes what was opened here. */
  close: () => Promise<void>
}

/** How often connections are looked at while the server closes. */
const SWEEP_MS = 20

/**
 * Starts the API; any number of them live in one process.
 *
 * @throws `EADDRINUSE` when the port is taken
 */
export async function startServer ({ config, localIssuer, logger, features, stalledBodyMs, ...given }: ServerOptions): Promise<RunningServer> {
  const log: { warn?: (text: string) => void } = {}
  const own = given.aws ? undefined : await openStore(config, undefined, (text) => log.warn?.(text))
  const aws = own?.aws ?? given.aws!
  const clock = own?.clock ?? given.clock ?? systemClock
  const app = await buildApp({ config, aws, clock, isFull: own?.isFull ?? given.isFull, localIssuer, logger, features, stalledBodyMs }).catch(async (error: unknown) => {
    await own?.close()
    throw error
  })
  log.warn = (text) => app.log.warn(text)
  const { host, port, shutdownTimeoutMs } = config.http

  async function close (): Promise<void> {
    const closing = { done: false }
    void endConnections(app.server, shutdownTimeoutMs, closing)
    try {
      await app.close()
    } finally {
      closing.done = true
      await own?.close()
    }
  }

  try {
    await app.listen({ host, port })
  } catch (error) {
    await close()
    throw error
  }
  if (config.auth.mode === 'open' && isReachableFromOutside(host)) {
    app.log.warn(`HOST=${host} with AUTH_MODE=open: anyone who can reach this machine can call the API without a token. AUTH_MODE=jwt requires one`)
  }
  // Listening on a host and port, so it is not a pipe.
  const address = app.server.address() as AddressInfo
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`, app, close }
}

/**
 * Ends connections until the server has closed: those that have become idle since it stopped listening, which Node would
 * leave open for the client's next request, and after `timeoutMs` all of them.
 */
async function endConnections (server: FastifyInstance['server'], timeoutMs: number, closing: { readonly done: boolean }): Promise<void> {
  for (const began = stopwatch(); !closing.done; await sleep(SWEEP_MS)) {
    if (stopwatch() - began >= timeoutMs) server.closeAllConnections()
    else if (!server.listening) server.closeIdleConnections()
  }
}
