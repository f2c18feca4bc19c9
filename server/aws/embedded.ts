import { startEmulator, type Emulator, type EmulatorOptions } from '../../emulator/index.ts'
import type { Clock } from '../core/clock.ts'
import { currentRequestId } from '../core/request-context.ts'
import { TRANSLATE_CONFIG, type AwsClients } from './clients.ts'
import { makeRetryStrategy, maxAttempts } from './retries.ts'

/** The embedded store: an emulator in this process, and the parts of it that the server uses. */
export interface Embedded {
  clients: AwsClients
  /** The emulator's clock, so that both agree on what has expired. */
  clock: Clock
  emulator: Emulator
  /** Closes the clients, and the emulator if it was started here. */
  close (): Promise<void>
}

/**
 * Opens the embedded store. This is the server's only import of the emulator.
 * @param options  a running emulator, or how to start one; by default one without a listener
 */
export async function openEmbedded (options: { emulator: Emulator } | EmulatorOptions = {}): Promise<Embedded> {
  const started = 'emulator' in options ? undefined : await startEmulator({ listen: false, ...options })
  const emulator = started ?? (options as { emulator: Emulator }).emulator // there is one of the two
  const clients = emulator.clients({ causedBy: currentRequestId, translateConfig: TRANSLATE_CONFIG, maxAttempts, retryStrategy: makeRetryStrategy })
  return {
    clients,
    clock: emulator.clock,
    emulator,
    async close () {
      clients.destroy()
      await started?.close()
    },
  }
}
