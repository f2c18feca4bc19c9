import { createAwsClients, type AwsClients } from './aws/clients.ts'
import { openEmbedded, type Embedded } from './aws/embedded.ts'
import { createObjectStore } from './aws/object-store.ts'
import { createTables } from './aws/tables.ts'
import { RemoteClock } from './aws/remote-clock.ts'
import type { Config } from './config.ts'
import { systemClock, type Clock } from './core/clock.ts'
import { allTables } from './tables.ts'

/** What stands under the API: AWS, and the clock that both go by. */
export interface Store {
  aws: AwsClients
  clock: Clock
  /** Whether writes are refused because the disk of its data directory is full; of the embedded store alone. */
  isFull?: () => boolean
  close (): Promise<void>
}

/**
 * Opens the store that `STORE` names. The embedded one may start empty, and so gets its tables and its bucket here; those
 * of any other endpoint belong to its operator (`sandtable tables create`).
 *
 * @param report    receives what happens to a followed clock
 * @param emulator  one that runs already, for `STORE=embedded`; it is not closed with the store
 */
export async function openStore (config: Config, emulator?: Embedded['emulator'], report?: (text: string) => void): Promise<Store> {
  if (config.store === 'dynamodb') {
    const aws = createAwsClients(config.aws)
    const clock = await openClock(config, report)
    return {
      aws,
      clock,
      async close () {
        aws.destroy()
        if (clock instanceof RemoteClock) await clock.close()
      },
    }
  }
  const embedded = await openEmbedded(emulator ? { emulator } : { ...config.emulator, listen: false, dataPath: config.dataPath })
  const { clients: aws, clock } = embedded
  try {
    // Only the API uses this store, so nothing could be restored: docs/decisions/0021-recovery-at-the-start.md.
    await createTables(aws.dynamodb, allTables(config).map((table) => ({ ...table, pointInTimeRecovery: false })))
    await createObjectStore(aws.s3, config.aws.bucket).ensureBucket()
  } catch (error) {
    await embedded.close()
    throw error
  }
  return { aws, clock, isFull: () => embedded.emulator.health().status === 'full', close: () => embedded.close() }
}

/** The clock of a remote store: an emulator's, if it has one and is to be followed; AWS itself goes by the real time. */
async function openClock ({ clock: mode, aws }: Config, report?: (text: string) => void): Promise<Clock> {
  const endpoint = aws.endpoints.dynamodb
  if (mode === 'system' || endpoint === undefined || new URL(endpoint).hostname.endsWith('.amazonaws.com')) return systemClock
  const clock = new RemoteClock({ endpoint, required: mode === 'follow', report })
  await clock.start()
  return clock
}
