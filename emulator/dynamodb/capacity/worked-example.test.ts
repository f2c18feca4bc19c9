import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { testEmulator } from '../../test-support/emulator.ts'

/*
 * The example of docs/capacity.md: orders of 2.5 KB, 4 a second for a while (1,500 seconds, after which all buckets are full)
 * and 20 a second for a minute, with an index of keys.
 */

async function open (t: Test, indexUnits: number) {
  const emulator = await testEmulator(t, { throttling: true })
  const { dynamodb, documents } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand({
    TableName: 'orders',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'customer', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    ProvisionedThroughput: { ReadCapacityUnits: 20, WriteCapacityUnits: 20 },
    GlobalSecondaryIndexes: [{
      IndexName: 'by-customer',
      KeySchema: [{ AttributeName: 'customer', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: indexUnits },
    }],
  }))
  return { emulator, documents }
}

/** How many of so many new orders are accepted in a second. */
async function order (documents: DynamoDBDocumentClient, second: string, count: number): Promise<number> {
  const sent = Array.from({ length: count }, (_, index) => documents.send(new PutCommand({
    TableName: 'orders', Item: { id: `${second} ${index}`, customer: `customer ${index}`, lines: 'x'.repeat(2500) },
  })))
  return (await Promise.allSettled(sent)).filter(({ status }) => status === 'fulfilled').length
}

const left = async ({ throughput }: Awaited<ReturnType<typeof open>>['emulator']) => {
  const [table] = (await throughput.report()).tables
  return { table: table!.write.limits[0]!.level, index: table!.indexes[0]!.write.limits[0]!.level }
}

for (const [indexUnits, accepted] of [[5, 20], [4, 4]] as const) {
  test(`at noon, with ${indexUnits} write units for the index, ${accepted} of 20 orders a second are accepted`, async (t) => {
    const { emulator, documents } = await open(t, indexUnits)
    const saved = indexUnits === 5 ? 1500 : 0
    // The usual load. An index with 5 units fills last of all; one with 4 saves nothing, however long it takes.
    for (let second = 0; second < (indexUnits === 5 ? 1500 : 10); second++) {
      if (await order(documents, `usual ${second}`, 4) < 4) t.fail('the usual load is accepted')
      await emulator.clock.advance(1000)
    }
    t.ok((await left(emulator)).index >= saved)
    for (let second = 0; second < 60; second++) {
      if (await order(documents, `noon ${second}`, 20) !== accepted) t.fail(`${accepted} are accepted`)
      await emulator.clock.advance(1000)
    }
    const { table, index } = await left(emulator)
    if (indexUnits === 5) t.strictSame({ table, index }, { table: 6000 - 60 * 60 + 60 * 20, index: 1500 - 60 * 20 + 60 * 5 })
    else t.ok(table > 60, `the table has ${table} units left`)
  })
}
