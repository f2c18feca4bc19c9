import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { NotApplicable } from './not-applicable.ts'

/** The emulator under the API, over the wire. */
export interface EmulatorAccess {
  /** Looks into the tables, or shows what happens without the API. */
  documents: DynamoDBDocumentClient
  /** Moves the clock, such as `31d`; all that falls due is done before it resolves. */
  advance (by: string): Promise<void>
}

export interface ClosableEmulatorAccess extends EmulatorAccess {
  close (): void
}

/** @param options.ownsClock  no other process uses this clock; without it, moving it is not applicable */
export function createEmulatorAccess ({ url, ownsClock }: { url: string, ownsClock: boolean }): ClosableEmulatorAccess {
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' },
  })
  return {
    documents: DynamoDBDocumentClient.from(client),
    async advance (by) {
      if (!ownsClock) throw new NotApplicable('it moves the clock, which other users of the emulator depend on')
      const response = await fetch(new URL('/_sandtable/clock/advance', url), { method: 'POST', body: JSON.stringify({ by }) })
      if (!response.ok) throw new Error(`The clock could not be moved: ${response.status} ${await response.text()}`)
    },
    close: () => client.destroy(),
  }
}
