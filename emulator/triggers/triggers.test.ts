import { createServer, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { CreateTableCommand, DeleteItemCommand, PutItemCommand, UpdateTimeToLiveCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import { test, type Test } from 'tap'
import { startEmulator, type BatchResponse, type DiscardedBatch, type EmulatorOptions, type HandlerTrigger, type TriggerEvent } from '../index.ts'
import { TEST_TIME, testEmulator } from '../test-support/emulator.ts'

const SECOND = 1000
const table = {
  TableName: 'orders',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
} satisfies CreateTableCommandInput

/** What an event shows: `a=1` for an item that is there, `a-` for one that was deleted. */
const shown = ({ Records }: TriggerEvent) => Records.map(({ dynamodb }) => {
  const { Keys, NewImage } = dynamodb as unknown as { Keys: { id: { S: string } }, NewImage?: { v?: { S: string } } } // the table's
  return NewImage ? `${Keys.id.S}=${NewImage.v?.S ?? ''}` : `${Keys.id.S}-`
})

async function withTable (t: Test, options: EmulatorOptions = {}) {
  const warnings: string[] = []
  const emulator = await testEmulator(t, { listen: false, onWarning: (text) => warnings.push(text), ...options })
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(table))
  const put = (id: string, v = '1') => dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: id }, v: { S: v } } }))
  const calls: string[][] = []
  const trigger = async (answer: (batch: string[], event: TriggerEvent) => BatchResponse | void, settings: Partial<HandlerTrigger> = {}) =>
    emulator.triggers.add({
      table: 'orders',
      handler (event) {
        calls.push(shown(event))
        return answer(calls.at(-1)!, event)
      },
      ...settings,
    })
  return { emulator, dynamodb, put, calls, trigger, warnings }
}

const fail = (): never => { throw new Error('no') }

test('a handler gets the same event as from Lambda', async (t) => {
  const { emulator, dynamodb, put } = await withTable(t)
  const events: TriggerEvent[] = []
  await emulator.triggers.add({ table: 'orders', handler: (event) => { events.push(event) } })
  await put('a')
  await emulator.settled()
  await dynamodb.send(new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'a' } } }))
  await emulator.settled()
  const [first, second] = events.map(({ Records: [record] }) => record!)
  t.match(first, {
    eventID: /^[0-9a-f]{32}$/,
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: /^arn:aws:dynamodb:us-east-1:000000000000:table\/orders\/stream\//,
    dynamodb: {
      ApproximateCreationDateTime: TEST_TIME / 1000,
      Keys: { id: { S: 'a' } },
      NewImage: { id: { S: 'a' }, v: { S: '1' } },
      SequenceNumber: /^\d{23}$/,
      SizeBytes: 8,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  })
  t.match(second, { eventName: 'REMOVE', dynamodb: { OldImage: { id: { S: 'a' }, v: { S: '1' } } } })
  t.match(emulator.triggers.list(), [{ name: 'trigger-1', table: 'orders', batchSize: 100, delivered: 2, failures: 0 }])
})

test('LATEST delivers later records, TRIM_HORIZON all records, in batches', async (t) => {
  const { emulator, put, calls, trigger } = await withTable(t)
  for (const id of ['a', 'b', 'c']) await put(id)
  await trigger(() => {})
  await emulator.settled()
  t.same(calls, [])
  await trigger(() => {}, { startingPosition: 'TRIM_HORIZON', batchSize: 2 })
  await emulator.settled()
  t.same(calls, [['a=1', 'b=1'], ['c=1']])
})

test('moving the clock delivers expired items, with TTL as the cause', async (t) => {
  const { emulator, dynamodb, calls, trigger } = await withTable(t)
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'orders', TimeToLiveSpecification: { AttributeName: 'until', Enabled: true } }))
  await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'a' }, until: { N: String(TEST_TIME / 1000 + 60) } } }))
  const events: TriggerEvent[] = []
  await trigger((_batch, event) => { events.push(event) })
  await emulator.clock.advance(2 * 60 * SECOND)
  t.same(calls, [['a-']])
  t.strictSame(events[0]!.Records[0]!.userIdentity, { principalId: 'dynamodb.amazonaws.com', type: 'Service' }, 'named as Lambda names it')
})

test('a window collects records; a full batch does not wait', async (t) => {
  const { emulator, put, calls, trigger } = await withTable(t)
  await trigger(() => {}, { maximumBatchingWindowInSeconds: 10, batchSize: 3 })
  await put('a')
  await emulator.clock.advance(9 * SECOND)
  await put('b')
  await emulator.settled()
  t.same(calls, [])
  await emulator.clock.advance(1 * SECOND)
  t.same(calls, [['a=1', 'b=1']])
  for (const id of ['c', 'd', 'e']) await put(id)
  await emulator.settled()
  t.same(calls.at(-1), ['c=1', 'd=1', 'e=1'])
})

test('a failed batch is retried until it succeeds, and later ones wait', async (t) => {
  const { emulator, put, calls, trigger, warnings } = await withTable(t)
  let failures = 3
  await trigger(() => { if (failures-- > 0) fail() }, { batchSize: 1 })
  await put('a')
  await put('a', '2')
  await emulator.settled()
  t.same(calls, [['a=1']])
  await emulator.clock.advance(7 * SECOND) // after 1, 2 and 4 s
  t.same(calls, [['a=1'], ['a=1'], ['a=1'], ['a=1'], ['a=2']])
  t.match(warnings, ['The trigger trigger-1 failed: no', /./, /./])
})

test('retries are limited, and discarded batches go to the destination', async (t) => {
  const { emulator, put, calls, trigger } = await withTable(t)
  const given: DiscardedBatch[] = []
  await trigger((batch) => { if (batch[0] === 'bad=1') fail() }, { maximumRetryAttempts: 1, onFailure: (batch) => { given.push(batch) } })
  await put('bad')
  await emulator.settled()
  await put('good')
  await emulator.clock.advance(1 * SECOND)
  t.same(calls, [['bad=1'], ['bad=1'], ['good=1']])
  t.match(given, [{
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2, functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:trigger-1' },
    responseContext: { functionError: 'Unhandled' },
    version: '1.0',
    DDBStreamBatchInfo: { batchSize: 1, approximateArrivalOfFirstRecord: '2026-03-01T12:00:00.000Z', shardId: /^shardId-/ },
  }])
  t.match(emulator.triggers.list(), [{ delivered: 1, failures: 2, discarded: 1 }])
})

test('a batch is bisected down to the record that fails', async (t) => {
  const { emulator, put, calls, trigger } = await withTable(t)
  for (const id of ['a', 'b', 'bad', 'd']) await put(id)
  const given: DiscardedBatch[] = []
  await trigger((batch) => { if (batch.includes('bad=1')) fail() }, {
    startingPosition: 'TRIM_HORIZON', bisectBatchOnFunctionError: true, maximumRetryAttempts: 0, onFailure: (batch) => { given.push(batch) },
  })
  await emulator.settled()
  t.same(calls, [['a=1', 'b=1', 'bad=1', 'd=1'], ['a=1', 'b=1'], ['bad=1', 'd=1'], ['bad=1'], ['d=1']])
  t.match(given, [{ DDBStreamBatchInfo: { batchSize: 1 } }])
})

test('a function reports which records failed, and gets the records from the first of them again', async (t) => {
  const { emulator, put, calls, trigger } = await withTable(t)
  for (const id of ['a', 'b', 'c']) await put(id)
  let failing = true
  await trigger((_batch, event) => {
    if (!failing) return { batchItemFailures: [] }
    failing = false
    return { batchItemFailures: [2, 1].map((index) => ({ itemIdentifier: event.Records[index]!.dynamodb.SequenceNumber })) }
  }, { startingPosition: 'TRIM_HORIZON', functionResponseTypes: ['ReportBatchItemFailures'] })
  await emulator.clock.advance(1 * SECOND)
  t.same(calls, [['a=1', 'b=1', 'c=1'], ['b=1', 'c=1']])
})

test('an answer with an unknown identifier fails the whole batch; without the setting, the answer is ignored', async (t) => {
  const { emulator, put, calls, trigger } = await withTable(t)
  const answers: BatchResponse[] = [{ batchItemFailures: [{ itemIdentifier: '' }] }, {}]
  await trigger(() => answers.shift(), { functionResponseTypes: ['ReportBatchItemFailures'] })
  await put('a')
  await emulator.clock.advance(1 * SECOND)
  t.same(calls, [['a=1'], ['a=1']])
  await emulator.triggers.remove('trigger-1')
  await trigger(() => ({ batchItemFailures: [{ itemIdentifier: '' }] }))
  await put('b')
  await emulator.clock.advance(5 * SECOND)
  t.same(calls.slice(2), [['b=1']])
})

test('records that are too old are discarded', async (t) => {
  const { emulator, put, calls, trigger } = await withTable(t)
  await put('old')
  await emulator.clock.advance(61 * SECOND)
  await put('new')
  const given: DiscardedBatch[] = []
  await trigger(() => {}, { startingPosition: 'TRIM_HORIZON', maximumRecordAgeInSeconds: 60, onFailure: (batch) => { given.push(batch) } })
  await emulator.settled()
  t.same(calls, [['new=1']])
  t.match(given, [{ requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 0 } }])
})

test('a trigger follows shards through splits and closing, and keeps the order of each key', async (t) => {
  const { emulator, put, calls, trigger } = await withTable(t, { dynamodb: { streamShards: 2 } })
  const ids = Array.from({ length: 20 }, (_, index) => `k${index}`)
  for (const id of ids) await put(id, '1')
  t.equal(await emulator.streams.split({ table: 'orders' }), 4)
  for (const id of ids) await put(id, '2')
  await emulator.clock.advance(5 * 3600 * SECOND)
  for (const id of ids) await put(id, '3')
  await trigger(() => {}, { startingPosition: 'TRIM_HORIZON', batchSize: 3 })
  await emulator.settled()
  const delivered = calls.flat()
  t.equal(delivered.length, 60)
  for (const id of ids) t.same(delivered.filter((text) => text.startsWith(`${id}=`)), [`${id}=1`, `${id}=2`, `${id}=3`])
  await t.rejects(emulator.streams.split({ table: 'none' }), { message: 'The table none has no enabled stream' })
})

test('settled waits for deliveries that deliveries cause', async (t) => {
  const { emulator, dynamodb, put } = await withTable(t)
  await dynamodb.send(new CreateTableCommand({ ...table, TableName: 'copies' }))
  const copied: string[] = []
  await emulator.triggers.add({
    table: 'orders',
    async handler ({ Records }) {
      for (const { dynamodb: { Keys } } of Records) await dynamodb.send(new PutItemCommand({ TableName: 'copies', Item: Keys as { id: { S: string } } }))
    },
  })
  await emulator.triggers.add({ table: 'copies', handler: (event) => { copied.push(...shown(event)) } })
  await put('a')
  await emulator.settled()
  t.same(copied, ['a='])
})

test('a trigger waits for its table, and continues after a reset', async (t) => {
  const emulator = await testEmulator(t, { listen: false })
  const { dynamodb } = emulator.clients()
  const calls: string[][] = []
  await emulator.triggers.add({ table: 'orders', handler: (event) => { calls.push(shown(event)) } })
  for (const id of ['a', 'b']) {
    await dynamodb.send(new CreateTableCommand(table))
    await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: id } } }))
    await emulator.settled()
    await emulator.reset()
  }
  t.same(calls, [['a='], ['b=']])
})

test('a reset of another service or account does not drop undelivered records', async (t) => {
  const { emulator, put, calls, trigger } = await withTable(t)
  await trigger(() => {}, { maximumBatchingWindowInSeconds: 10 })
  await put('a')
  await emulator.settled()
  await emulator.reset({ service: 's3' })
  await emulator.reset({ account: '111122223333' })
  await emulator.clock.advance(10 * SECOND)
  t.same(calls, [['a=1']])
})

test('bad settings are refused by name', async (t) => {
  const { emulator } = await withTable(t)
  const handler = () => {}
  await t.rejects(emulator.triggers.add({ table: 'orders', handler, batchSize: 0 }), { name: 'BadTrigger', message: /batchSize.*from 1 to 10000/ })
  await t.rejects(emulator.triggers.add({ table: 'orders', handler, batch: 1 } as never), { name: 'BadTrigger', message: /batch/ })
  await t.rejects(emulator.triggers.add({ table: 'orders' } as never), { message: '"handler" takes a function' })
  await t.rejects(emulator.triggers.add({ name: 'a b', table: 'orders', handler }), { message: /"name" takes/ })
  await emulator.triggers.add({ name: 'one', table: 'orders', handler })
  await t.rejects(emulator.triggers.add({ name: 'one', table: 'orders', handler }), { message: 'The trigger one already exists' })
})

async function receiver (t: Test, answer: (body: TriggerEvent) => { status?: number, body?: string }) {
  const bodies: unknown[] = []
  const server = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as TriggerEvent
      bodies.push(body)
      const { status = 200, body: text = '' } = answer(body)
      response.writeHead(status).end(text)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/2015-03-31/functions/function/invocations`, bodies }
}

test('a URL is called with the event, over the control API; a function error in the answer fails the batch', async (t) => {
  const { emulator, put } = await withTable(t, { listen: {} })
  const answers = [{ body: '{"errorType":"TypeError","errorMessage":"x is not a function"}' }, { status: 500 }, { body: 'null' }]
  const { url, bodies } = await receiver(t, () => answers.shift()!)
  const control = (method: string, path: string, body?: object) =>
    fetch(`${emulator.url}/_sandtable${path}`, { method, ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) })
  const made = await control('PUT', '/triggers/copy', { table: 'orders', url })
  t.equal(made.status, 200)
  await put('a')
  t.same(await (await control('POST', '/settled')).json(), { settled: true })
  t.match(await (await control('GET', '/triggers')).json(), { triggers: [{ name: 'copy', url, failures: 1, lastError: 'TypeError: x is not a function' }] })
  await emulator.clock.advance(3 * SECOND)
  t.equal(bodies.length, 3)
  t.match(bodies[2], { Records: [{ eventName: 'INSERT' }] })
  t.match(await (await control('GET', '/triggers')).json(), { triggers: [{ delivered: 1, failures: 2 }] })
  const foreign = await control('PUT', '/triggers/copy', { table: 'orders', url: 'http://203.0.113.5/' })
  t.equal(foreign.status, 400)
  t.match(await foreign.json(), { message: /The host 203\.0\.113\.5 may not be called: EMULATOR_TRIGGER_HOSTS/ })
  t.same(await (await control('PUT', '/streams', { shards: 3 })).json(), { shards: 3 })
  t.same(await (await control('POST', '/streams/split', { table: 'orders' })).json(), { shards: 2 })
  t.equal((await control('POST', '/streams/split', { table: 'none' })).status, 400)
  t.same(await (await control('DELETE', '/triggers/copy')).json(), { removed: 1 })
  t.equal((await control('DELETE', '/triggers/copy')).status, 404)
})

test('a discarded batch is sent to a URL', async (t) => {
  const { emulator, put } = await withTable(t)
  const failing = await receiver(t, () => ({ status: 500, body: 'down' }))
  const destination = await receiver(t, () => ({}))
  await emulator.triggers.put('copy', { table: 'orders', url: failing.url, maximumRetryAttempts: 0, onFailure: destination.url })
  await put('a')
  await emulator.settled()
  t.match(destination.bodies, [{ requestContext: { condition: 'RetryAttemptsExhausted' }, DDBStreamBatchInfo: { batchSize: 1 } }])
})

test('a trigger that is put again continues where it was', async (t) => {
  const { emulator, put } = await withTable(t)
  const { url, bodies } = await receiver(t, () => ({}))
  const settings = { table: 'orders', url, maximumBatchingWindowInSeconds: 10 }
  await emulator.triggers.put('copy', settings)
  await put('a')
  await emulator.settled()
  await emulator.triggers.put('copy', { ...settings, maximumBatchingWindowInSeconds: 0 })
  await emulator.settled()
  t.same(bodies.flatMap((body) => shown(body as TriggerEvent)), ['a=1'])
})

test('a trigger with a URL survives a restart, and continues where it was', async (t) => {
  const dataPath = t.testdir({})
  const { url, bodies } = await receiver(t, () => ({}))
  const options = { listen: false, dataPath, frozenAt: TEST_TIME } as const
  const first = await startEmulator(options)
  const { dynamodb } = first.clients()
  await dynamodb.send(new CreateTableCommand(table))
  await first.triggers.put('copy', { table: 'orders', url })
  await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'a' } } }))
  await first.settled()
  await first.close()
  const second = await startEmulator(options)
  t.teardown(() => second.close())
  await second.clients().dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'b' } } }))
  await second.settled()
  t.same(bodies.flatMap((body) => shown(body as TriggerEvent)), ['a=', 'b='])
})
