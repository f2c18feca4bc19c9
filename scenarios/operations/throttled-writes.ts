import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { scenario } from '../kit/scenario.ts'

const TableName = 'capacity-rehearsal'
const ITEMS = 40

export default scenario('operations: a load above a table\'s capacity is throttled, and gets through by exponential backoff', {
  seed: '002',
  pattern: 'throttling and recovery',
  // It moves the clock, and turns throttling on.
  environment: { EMULATOR_THROTTLING: 'on' },
  async run ({ emulator, check }) {
    await emulator.dynamodb.send(new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits: 2 },
    }))
    let left = Array.from({ length: ITEMS }, (_, index) => `${index}`)
    let pauseMs = 500
    let rounds = 0
    while (left.length > 0 && rounds < 10) {
      const results = await Promise.all(left.map(async (pk) => emulator.documents.send(new PutCommand({ TableName, Item: { pk } }))
        .then(() => undefined, (error: Error) => {
          check.equal(error.name, 'ProvisionedThroughputExceededException', 'what is refused is throttled')
          return pk
        })))
      left = results.filter((pk) => pk !== undefined)
      rounds++
      // The pauses are the emulator's time: each is twice the one before.
      await emulator.advance(`${pauseMs}ms`)
      pauseMs *= 2
    }
    check.equal(left.length, 0, 'every item is written in the end')
    check.ok(rounds > 2, 'not at once')
    check.equal((await emulator.documents.send(new ScanCommand({ TableName, ConsistentRead: true }))).Count, ITEMS, 'and none is lost')
    await emulator.dynamodb.send(new DeleteTableCommand({ TableName }))
  },
})
