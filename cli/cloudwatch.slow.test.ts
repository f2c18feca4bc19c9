import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch'
import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { testEmulator } from '../emulator/test-support/emulator.ts'
import { run } from './run.ts'

/** An emulator with a table, of which an item has been read, and an alarm that its reads set off. */
async function setUp (t: Test) {
  const emulator = await testEmulator(t)
  const { dynamodb, documents, cloudwatch } = emulator.clients()

  async function sandtable (...args: string[]): Promise<{ status: number, out: string, err: string }> {
    const printed = { out: '', err: '' }
    const status = await run([...args, '--emulator', emulator.url!], {
      stdout: { write (text) { printed.out += text } },
      stderr: { write (text) { printed.err += text } },
      on: () => undefined,
      exit: (code) => t.fail(`it ended the process with ${code}`),
    })
    return { status, ...printed }
  }
  await dynamodb.send(new CreateTableCommand({
    TableName: 'orders', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }))
  await cloudwatch.send(new PutMetricAlarmCommand({
    AlarmName: 'busy',
    Namespace: 'AWS/DynamoDB',
    MetricName: 'ConsumedReadCapacityUnits',
    Dimensions: [{ Name: 'TableName', Value: 'orders' }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 2,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  }))
  await documents.send(new PutCommand({ TableName: 'orders', Item: { id: 'a' } }))
  for (let read = 0; read < 3; read++) await documents.send(new GetCommand({ TableName: 'orders', Key: { id: 'a' }, ConsistentRead: true }))
  await emulator.clock.advance(60_000)
  return { emulator, sandtable }
}

test('metrics lists what there is, and gets a statistic by the emulator\'s clock', async (t) => {
  const { sandtable } = await setUp(t)
  t.match(await sandtable('metrics', '--namespace', 'AWS/DynamoDB', '--dimension', 'TableName=orders'), { status: 0, err: '', out: /AWS\/DynamoDB +ConsumedReadCapacityUnits +TableName=orders/ })
  const get = ['metrics', 'get', 'AWS/DynamoDB', 'ConsumedReadCapacityUnits', '--dimension', 'TableName=orders']
  t.match(await sandtable(...get), { status: 0, out: /^time +Sum +unit\n2026-03-01T12:00:00.000Z +3 +Count/ })
  const { out } = await sandtable(...get, '--statistic', 'Maximum', '--json')
  t.match(JSON.parse(out), [{ Maximum: 1, Timestamp: '2026-03-01T12:00:00.000Z' }])
  t.match(await sandtable(...get, '--statistic', 'p50'), { status: 0, out: /p50/ })
  t.match(await sandtable('metrics', 'get', 'Own', 'Nothing'), { status: 0, out: 'No datapoints.\n' })
  t.match(await sandtable(...get, '--statistic', 'Median'), { status: 2, err: /percentile, such as p99/ })
  t.match(await sandtable('metrics', '--dimension', 'orders'), { status: 2, err: /a name and a value/ })
})

test('alarms lists states and history, and sets a state', async (t) => {
  const { sandtable } = await setUp(t)
  t.match(await sandtable('alarms'), { status: 0, out: /^alarm +state +since +reason *\nbusy +ALARM +2026-03-01T12:01:00.000Z +Threshold Crossed: / })
  t.match(await sandtable('alarms', '--state', 'OK'), { status: 0, out: 'No alarms.\n' })
  t.match(await sandtable('alarms', 'set', 'busy', 'OK', '--reason', 'looked at'), { status: 0, out: 'busy is OK.\n' })
  t.match(await sandtable('alarms', 'history', 'busy'), { status: 0, out: /StateUpdate +Alarm updated from ALARM to OK\n/ })
  t.match(JSON.parse((await sandtable('alarms', '--json')).out), [{ AlarmName: 'busy', StateValue: 'OK', StateReason: 'looked at' }])
  t.match(await sandtable('alarms', 'set', 'other', 'OK'), { status: 1, err: /CloudWatch answered ResourceNotFound/ })
  t.match(await sandtable('alarms', 'set', 'busy', 'BAD'), { status: 2, err: /Allowed choices are OK, ALARM, INSUFFICIENT_DATA/ })
})
