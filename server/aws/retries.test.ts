import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { ListCollectionsCommand } from '@aws-sdk/client-rekognition'
import { ListBucketsCommand } from '@aws-sdk/client-s3'
import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { test } from 'tap'
import { testStore } from '../test-support/app.ts'
import { createTables } from './tables.ts'

const REQUESTS = 30

const faces = {
  name: 'faces',
  input: {
    TableName: 'faces',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'userId', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }],
  },
  pointInTimeRecovery: false,
} as const

/** How many of the calls, all made at once, failed. */
async function failures (call: () => Promise<unknown>, count = REQUESTS): Promise<number> {
  const ended = await Promise.allSettled(Array.from({ length: count }, call))
  return ended.filter(({ status }) => status === 'rejected').length
}

for (const store of ['embedded', 'dynamodb'] as const) {
  test(`retries of the store ${store}`, async (t) => {
    t.intercept(Math, 'random', { value: () => 0 }) // no pauses
    const { aws, emulator } = await testStore(t, { store })
    await createTables(aws.dynamodb, [{ ...faces, input: { ...faces.input, AttributeDefinitions: [...faces.input.AttributeDefinitions], KeySchema: [...faces.input.KeySchema] } }])
    const calls = {
      documents: () => aws.documents.send(new GetCommand({ TableName: 'faces', Key: { userId: 'ada' } })),
      dynamodb: () => aws.dynamodb.send(new ListTablesCommand({})),
      rekognition: () => aws.rekognition.send(new ListCollectionsCommand({})),
      s3: () => aws.s3.send(new ListBucketsCommand({})),
    }

    for (const [name, call] of Object.entries(calls)) {
      t.test(`after an outage, a single reset is retried: ${name}`, async (t) => {
        await emulator.faults.add({ id: 'outage', error: 'connection-reset' })
        t.equal(await failures(call), REQUESTS)
        emulator.faults.remove('outage')
        t.equal(await failures(call), 0)
        for (let i = 0; i < 3; i++) {
          await emulator.faults.add({ id: 'blip', error: 'connection-reset', times: 1 })
          t.equal(await failures(call, 20), 0, `reset ${i + 1}`)
        }
        emulator.faults.remove('blip')
      })

      t.test(`every call succeeds when half of the attempts are throttled: ${name}`, async (t) => {
        await emulator.faults.add({ id: 'half', error: 'throttle', share: 0.5, seed: 7 })
        for (let round = 0; round < 2; round++) t.equal(await failures(call), 0, `round ${round + 1}`)
        emulator.faults.remove('half')
      })
    }

    t.test('an outage of one service does not use up the retries of others', async (t) => {
      await emulator.faults.add({ id: 'outage', service: 'rekognition', error: 'connection-reset' })
      await failures(calls.rekognition)
      for (const service of ['dynamodb', 's3'] as const) {
        await emulator.faults.add({ id: 'blip', service, error: 'connection-reset', times: 1 })
        t.equal(await failures(calls[service], 1), 0, service)
      }
    })
  })
}

test('the emulator\'s own clients, with the SDK\'s own strategy, retry after an outage', async (t) => {
  t.intercept(Math, 'random', { value: () => 0 })
  const { emulator } = await testStore(t)
  const { rekognition } = emulator.clients()
  const call = () => rekognition.send(new ListCollectionsCommand({}))
  await call()
  await emulator.faults.add({ id: 'outage', error: 'connection-reset' })
  t.equal(await failures(call), REQUESTS)
  emulator.faults.remove('outage')
  t.equal(await failures(call), 0)
  await emulator.faults.add({ id: 'blip', error: 'connection-reset', times: 1 })
  t.equal(await failures(call, 1), 0)
})
