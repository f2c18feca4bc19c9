import { createAwsClients, type AwsClients } from './aws/clients.ts'
import { openEmbedded, type Embedded } from './aws/embedded.ts'
import { createObjectStore } from './aws/object-store.ts'
import { createTables } from './aws/tables.ts'
import type { Config } from './config.ts'
import { systemClock, type Clock } from './core/clock.ts'
import { allTables } from './tables.ts'

/** What stands under the API: AWS, and the clock that both go by. */
export interface Store {
  aws: AwsClients
  clock: Clock
  close (): Promise<void>
}

/**
 * Opens the store that `STORE` names. The embedded one may start empty, and so gets its tables and its bucket here; those
 * of any other endpoint belong to whoever runs it (`sandtable tables create`).
 *
 * @param emulator  one that runs already, for `STORE=embedded`; it is not closed with the store
 */
export async function openStore (config: Config, emulator?: Embedded['emulator']): Promise<Store> {
  if (config.store === 'dynamodb') {
    const aws = createAwsClients(config.aws)
    return { aws, clock: systemClock, async close () { aws.destroy() } }
  }
  const embedded = await openEmbedded(emulator ? { emulator } : { ...config.emulator, listen: false, dataPath: config.dataPath })
  const { clients: aws, clock } = embedded
  try {
    await createTables(aws.dynamodb, allTables(config))
    await createObjectStore(aws.s3, config.aws.bucket).ensureBucket()
  } catch (error) {
    await embedded.close()
    throw error
  }
  return { aws, clock, close: () => embedded.close() }
}
