import { DescribeContinuousBackupsCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { test } from 'tap'
import { testEmulator } from '../emulator/test-support/emulator.ts'
import { startSandtable } from '../index.ts'
import { createTables } from '../server/aws/tables.ts'
import { loadConfig } from '../server/config.ts'
import { allTables } from '../server/tables.ts'

/** The tables for which a seed asks for point-in-time recovery: 001, 003 (three) and 004. */
const WANTED = ['face-verifications', 'k9-users-dev', 'k9-reports-dev', 'k9-embeddings-dev', 'learning-navigator']

/** Whether recovery is enabled, and for how many days. */
const recoveryOf = async (dynamodb: DynamoDBClient) => Object.fromEntries(await Promise.all(WANTED.map(async (TableName): Promise<[string, unknown]> => {
  const { ContinuousBackupsDescription: is } = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }))
  const { PointInTimeRecoveryStatus: status, RecoveryPeriodInDays: days } = is!.PointInTimeRecoveryDescription!
  return [TableName, status === 'ENABLED' ? days : status]
})))

const all = (value: unknown) => Object.fromEntries(WANTED.map((name) => [name, value]))

test('`tables create` enables recovery of 35 days where the seeds ask for it', async (t) => {
  const { dynamodb } = (await testEmulator(t)).clients()
  await createTables(dynamodb, allTables(loadConfig({})))
  t.strictSame(await recoveryOf(dynamodb), all(35))
})

test('a start enables it, unless POINT_IN_TIME_RECOVERY is off', async (t) => {
  for (const [settings, expected] of [[{}, 35], [{ POINT_IN_TIME_RECOVERY: 'off' }, 'DISABLED']] as const) {
    const sandtable = await startSandtable({ settings })
    t.teardown(() => sandtable.close())
    const { dynamodb } = sandtable.clients()
    t.strictSame(await recoveryOf(dynamodb), all(expected))
    await sandtable.reset()
    t.strictSame(await recoveryOf(dynamodb), all(expected), 'after a reset too')
  }
})
