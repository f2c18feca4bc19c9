import { memoryUsage } from 'node:process'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { CreateTableCommand, DescribeTableCommand, RestoreTableToPointInTimeCommand, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb'
import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { startEmulator, type Emulator } from '../emulator/index.ts'

export interface ChangeLogBenchOptions {
  /** Changes that are logged and then undone by a restore. */
  changes: number
  /** Items that the changes go to. */
  items: number
  /** Rounds of PutItem with and without a log, one after the other. */
  rounds: number
  /** PutItems in a round. */
  writes: number
}

export interface ChangeLogBenchResult {
  /** Median of the rounds: writes a second with a stream and point-in-time recovery, as a share of those without. */
  ratio: number
  writesPerSecond: { plain: number, logged: number }
  /** Bytes of memory that one logged change takes, beside its item. */
  bytesPerChange: number
  /** Seconds that restoring the table to a second in the middle of the changes takes. */
  restoreSeconds: number
  restoredItems: number
}

/** Measures what a change log costs: on writes, in memory, and when a table is restored from it. In process, in memory. */
export async function benchChangeLog (options: ChangeLogBenchOptions, onProgress: (what: string) => void = () => {}): Promise<ChangeLogBenchResult> {
  const emulator = await startEmulator({ listen: false, frozenAt: START })
  try {
    const document = emulator.clients().documents
    await createTable(document, 'plain', { logged: false })
    await createTable(document, 'logged', { logged: true })
    onProgress(`PutItem with and without a log, ${options.rounds} rounds`)
    const speeds = { plain: [] as number[], logged: [] as number[] }
    for (let round = 0; round <= options.rounds; round++) {
      const order = round % 2 === 0 ? ['plain', 'logged'] as const : ['logged', 'plain'] as const
      for (const table of order) {
        const perSecond = options.writes / await secondsOf(() => put(document, table, { from: round * options.writes, count: options.writes, items: options.items }))
        if (round > 0) speeds[table].push(perSecond) // the first one warms up
      }
    }
    await createTable(document, 'history', { logged: true, streamed: false })
    return {
      ratio: median(speeds.logged.map((speed, round) => speed / speeds.plain[round]!)),
      writesPerSecond: { plain: median(speeds.plain), logged: median(speeds.logged) },
      ...await benchRestore(emulator, document, options, onProgress),
    }
  } finally {
    await emulator.close()
  }
}

async function benchRestore (
  emulator: Emulator, document: DynamoDBDocumentClient, { changes, items }: ChangeLogBenchOptions, onProgress: (what: string) => void
): Promise<Pick<ChangeLogBenchResult, 'bytesPerChange' | 'restoreSeconds' | 'restoredItems'>> {
  await put(document, 'history', { from: 0, count: items, items })
  const before = usedBytes()
  const perStep = Math.ceil(changes / STEPS)
  for (let step = 0; step < STEPS; step++) {
    await emulator.clock.advance(1000)
    await put(document, 'history', { from: items + step * perStep, count: perStep, items })
    if (step % 10 === 9) onProgress(`${(step + 1) * perStep} of ${changes} changes`)
  }
  const bytesPerChange = Math.round((usedBytes() - before) / (STEPS * perStep))
  onProgress('restoring to a second in the middle')
  const middle = new Date(START + STEPS / 2 * 1000)
  const restoreSeconds = await secondsOf(async () => {
    await document.send(new RestoreTableToPointInTimeCommand({ SourceTableName: 'history', TargetTableName: 'restored', RestoreDateTime: middle }))
    for (;;) {
      const { Table } = await document.send(new DescribeTableCommand({ TableName: 'restored' }))
      if (Table?.TableStatus === 'ACTIVE') break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })
  const { Table } = await document.send(new DescribeTableCommand({ TableName: 'restored' }))
  return { bytesPerChange, restoreSeconds, restoredItems: Table?.ItemCount ?? 0 }
}

async function createTable (document: DynamoDBDocumentClient, TableName: string, { logged, streamed = logged }: { logged: boolean, streamed?: boolean }): Promise<void> {
  await document.send(new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    ...streamed && { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } },
  }))
  if (!logged) return
  await document.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }))
}

/** Puts items of about 1 KB, 16 at a time; each goes to one of `items` keys in turn. */
async function put (document: DynamoDBDocumentClient, TableName: string, { from, count, items }: { from: number, count: number, items: number }): Promise<void> {
  let next = from
  const worker = async () => {
    while (next < from + count) {
      const n = next++
      await document.send(new PutCommand({ TableName, Item: { id: `item-${n % items}`, n, text: `${n}-`.padEnd(500, 'x'), list: ['one', n, { name: 'y'.repeat(400) }] } }))
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
}

async function secondsOf (work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** Bytes in use after a collection. */
function usedBytes (): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void // the flag has made it
  collect()
  const { heapUsed, external } = memoryUsage()
  return heapUsed + external
}

function median (values: number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]!
}

const START = Date.UTC(2026, 10, 1)
/** Seconds of the clock over which the changes are spread. */
const STEPS = 100

if (process.argv[1]?.endsWith('change-log.ts')) {
  const { values } = parseArgs({
    options: {
      changes: { type: 'string', default: '1000000' },
      items: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '9' },
      writes: { type: 'string', default: '10000' },
    },
  })
  const [changes, items, rounds, writes] = [values.changes, values.items, values.rounds, values.writes].map(Number) as [number, number, number, number]
  const result = await benchChangeLog({ changes, items, rounds, writes }, (what) => console.error(what))
  console.log(JSON.stringify(result, null, 2))
}
