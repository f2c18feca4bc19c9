import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { ThroughputReport } from '../../emulator/index.ts'
import { scenario } from '../kit/scenario.ts'

const TableName = 'hot-partition-rehearsal'
const ITEM = 'x'.repeat(390 * 1024)

export default scenario('operations: one hot partition key is throttled in a table with capacity to spare, and keys that are spread are not', {
  seed: '002',
  pattern: 'hot partition',
  // It turns throttling on.
  environment: { EMULATOR_THROTTLING: 'on' },
  async run ({ emulator, check }) {
    await emulator.dynamodb.send(new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 10_000 },
    }))
    /** How many of so many writes, all at once, are refused, and why. */
    const refusals = async (keys: readonly string[]) => {
      const results = await Promise.allSettled(keys.map((pk) => emulator.documents.send(new PutCommand({ TableName, Item: { pk, data: ITEM } }))))
      return results.flatMap((result) => result.status === 'rejected' ? [result.reason as Error & { ThrottlingReasons?: { reason?: string }[] }] : [])
    }
    // 390 units each; a key gives 1,000 a second. The SDK's own retries wait in real time, which this clock follows.
    await emulator.control('POST', '/clock/freeze')
    const hot = await refusals(['today', 'today', 'today', 'today'])
    check.equal(hot.length, 2, 'two of four writes under one key are refused')
    check.equal(hot[0]?.ThrottlingReasons?.[0]?.reason, 'TableWriteKeyRangeThroughputExceeded', 'for the key, not for the table')
    check.equal((await refusals(['today#0', 'today#1', 'today#2', 'today#3'])).length, 0, 'none is refused when the key is spread over four')
    const { tables } = await emulator.control<ThroughputReport>('GET', '/throughput')
    check.equal(tables.find(({ table }) => table === TableName)?.hottestKeys[0]?.key.pk?.S, 'today', 'the report names the hot key')
    await emulator.dynamodb.send(new DeleteTableCommand({ TableName }))
  },
})
