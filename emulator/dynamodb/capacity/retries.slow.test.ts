import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { test } from 'tap'
import { testEmulator, wireClients } from '../../test-support/emulator.ts'

test('the SDK\'s own retries carry a load above a table\'s capacity through, on the running clock', async (t) => {
  const emulator = await testEmulator(t, { throttling: true })
  await emulator.clock.resume()
  const { dynamodb, documents } = wireClients(t, emulator, { maxAttempts: 10 })
  await dynamodb.send(new CreateTableCommand({
    TableName: 'orders',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits: 20 },
  }))
  await Promise.all(Array.from({ length: 40 }, (_, index) => documents.send(new PutCommand({ TableName: 'orders', Item: { pk: `${index}` } }))))
  const throttled = emulator.trace.query({ result: 'ProvisionedThroughputExceededException' })
  t.ok(throttled.length > 0, `${throttled.length} attempts were throttled`)
  t.equal((await documents.send(new ScanCommand({ TableName: 'orders', ConsistentRead: true }))).Count, 40)
})
