import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  DeleteAlarmsCommand, DescribeAlarmHistoryCommand, DescribeAlarmsCommand, DescribeAlarmsForMetricCommand, DisableAlarmActionsCommand, EnableAlarmActionsCommand,
  ListTagsForResourceCommand, PutCompositeAlarmCommand, PutMetricAlarmCommand, PutMetricDataCommand, SetAlarmStateCommand, TagResourceCommand, UntagResourceCommand,
  type CloudWatchClient, type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch'
import { test, type Test } from 'tap'
import type { AlarmStateChange, Emulator } from '../../index.ts'
import { overAllWays, TEST_TIME, testEmulator } from '../../test-support/emulator.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:oncall'
const ORDERS = { Namespace: 'Shop', MetricName: 'Orders' }

const alarm = (client: CloudWatchClient, input: Partial<PutMetricAlarmCommandInput> = {}) => client.send(new PutMetricAlarmCommand({
  AlarmName: 'orders', ...ORDERS, Statistic: 'Sum', Period: 60, EvaluationPeriods: 2, Threshold: 10, ComparisonOperator: 'GreaterThanThreshold', AlarmActions: [TOPIC], OKActions: [TOPIC], ...input,
}))

async function describe (client: CloudWatchClient, AlarmName = 'orders') {
  const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [AlarmName], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }))
  return { ...MetricAlarms[0], ...CompositeAlarms[0] }
}

/** Puts values minute by minute, and moves the clock with them. */
async function minutes (emulator: Emulator, client: CloudWatchClient, values: (number | undefined)[], MetricName = 'Orders'): Promise<void> {
  for (const Value of values) {
    if (Value !== undefined) await client.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName, Value }] }))
    await emulator.clock.advance(MINUTE)
  }
}

function changesOf (emulator: Emulator): AlarmStateChange[] {
  const changes: AlarmStateChange[] = []
  emulator.alarms.on('stateChange', (change) => changes.push(change))
  return changes
}

async function receiver (t: Test, status = 200) {
  const received: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (part) => { text += part })
    request.on('end', () => {
      received.push(JSON.parse(text) as Record<string, unknown>)
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

test('a new alarm, its members, and what replaces them', async (t) => {
  overAllWays(t, async (t, start) => {
    const { clients: { cloudwatch } } = await start()
    await alarm(cloudwatch, { AlarmDescription: 'too many', Dimensions: [{ Name: 'Store', Value: 'A' }], Tags: [{ Key: 'team', Value: 'blue' }] })
    const found = await describe(cloudwatch)
    t.match(found, {
      AlarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:orders',
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: 'Unchecked: Initial alarm creation',
      StateUpdatedTimestamp: new Date(TEST_TIME),
      ActionsEnabled: true,
      AlarmActions: [TOPIC],
      InsufficientDataActions: [],
      Dimensions: [{ Name: 'Store', Value: 'A' }],
      Threshold: 10,
    })
    t.same(['TreatMissingData', 'DatapointsToAlarm', 'Unit'].filter((name) => (found as Record<string, unknown>)[name] !== undefined), [], 'what was not given is not shown')
    t.match(await cloudwatch.send(new DescribeAlarmsForMetricCommand({ ...ORDERS, Dimensions: [{ Name: 'Store', Value: 'A' }] })), { MetricAlarms: [{ AlarmName: 'orders' }] })
    t.match(await cloudwatch.send(new DescribeAlarmsForMetricCommand(ORDERS)), { MetricAlarms: [] })
    const arn = { ResourceARN: found.AlarmArn! }
    await cloudwatch.send(new TagResourceCommand({ ...arn, Tags: [{ Key: 'stage', Value: 'test' }] }))
    await cloudwatch.send(new UntagResourceCommand({ ...arn, TagKeys: ['team'] }))
    t.match(await cloudwatch.send(new ListTagsForResourceCommand(arn)), { Tags: [{ Key: 'stage', Value: 'test' }] })
    await t.rejects(cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN: `${arn.ResourceARN}x` })), { name: 'ResourceNotFoundException' })

    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'orders', StateValue: 'ALARM', StateReason: 'a rehearsal' }))
    await alarm(cloudwatch, { Threshold: 20 })
    t.match(await describe(cloudwatch), { Threshold: 20, StateValue: 'ALARM', Dimensions: [] }, 'a new definition keeps the state')
    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: ['orders', 'none'] }))
    t.match(await describe(cloudwatch), { ActionsEnabled: false })
    await cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames: ['orders'] }))
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['none', 'orders'] }))
    t.match(await cloudwatch.send(new DescribeAlarmsCommand({})), { MetricAlarms: [], CompositeAlarms: [] })
    t.same((await cloudwatch.send(new DescribeAlarmHistoryCommand({ AlarmName: 'orders', ScanBy: 'TimestampAscending' }))).AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary), [
      'Alarm "orders" created', 'Alarm updated from INSUFFICIENT_DATA to ALARM', `Successfully executed action ${TOPIC}`, 'Alarm "orders" updated', 'Alarm "orders" updated', 'Alarm "orders" updated', 'Alarm "orders" deleted',
    ])
  })
})

test('refuses what AWS refuses, and by name what is not emulated', async (t) => {
  const emulator = await testEmulator(t)
  const { cloudwatch } = emulator.clients({ maxAttempts: 1 })
  const metrics = [{ Id: 'a', MetricStat: { Metric: ORDERS, Period: 60, Stat: 'Sum' } }]
  const none = { MetricName: undefined, Namespace: undefined, Statistic: undefined, Period: undefined } as const
  for (const [input, message] of [
    [{ Statistic: undefined }, 'Either the parameter Statistic or ExtendedStatistic must be specified.'],
    [{ ExtendedStatistic: 'p90' }, 'The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both.'],
    [{ Metrics: metrics }, 'The parameters MetricName and Metrics are mutually exclusive and you have specified both.'],
    [{ ...none, Metrics: [...metrics, { Id: 'b', Expression: 'a * 2' }] }, 'Exactly one element of the metrics list should return data.'],
    [{ DatapointsToAlarm: 3 }, 'DatapointsToAlarm must be less than or equal to EvaluationPeriods'],
    [{ TreatMissingData: 'never' }, 'The value never for parameter TreatMissingData is invalid.'],
    [{ EvaluationPeriods: 1441 }, 'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).'],
    [{ Threshold: undefined }, 'The parameter Threshold is required.'],
    [{ Threshold: undefined, ComparisonOperator: 'GreaterThanUpperThreshold' }, 'Sandtable does not emulate the comparison GreaterThanUpperThreshold, which needs an anomaly band'],
    [{ ThresholdMetricId: 'ad1' }, 'Sandtable does not emulate the parameter ThresholdMetricId'],
  ] as const) await t.rejects(alarm(cloudwatch, input as unknown as Partial<PutMetricAlarmCommandInput>), { message }, message)
  await t.rejects(cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'OK', StateReason: '' })), { name: 'ResourceNotFound', $metadata: { httpStatusCode: 404 } })
  await alarm(cloudwatch)
  await t.rejects(cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'orders', StateValue: 'FINE' as 'OK', StateReason: '' })), {
    message: '1 validation error detected: Value \'FINE\' at \'stateValue\' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]',
  })
  await t.rejects(cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'orders', StateValue: 'OK', StateReason: '', StateReasonData: '{' })), { name: /InvalidFormat/ })
  const composite = (AlarmName: string, AlarmRule: string) => cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName, AlarmRule }))
  await t.rejects(composite('c', 'ALARM(none)'), { message: /alarms \[none\] in the alarm rule do not exist/ })
  await t.rejects(composite('c', 'ALARM(orders'), { message: /^AlarmRule must not contain syntax errors/ })
  await composite('c', 'ALARM(orders)')
  await composite('d', 'OK(c)')
  await t.rejects(composite('c', 'NOT ALARM(d)'), { message: /refers to the alarm itself, through d/ })
})

test('an alarm goes to ALARM and back as the clock moves, with one delivery for each change', async (t) => {
  const emulator = await testEmulator(t)
  const { cloudwatch } = emulator.clients()
  const changes = changesOf(emulator)
  const { received, url } = await receiver(t)
  await emulator.alarms.setTarget(TOPIC, url)
  await alarm(cloudwatch)
  await minutes(emulator, cloudwatch, [11, 12, 13])
  t.match(await describe(cloudwatch), {
    StateValue: 'ALARM',
    StateReason: 'Threshold Crossed: 2 datapoints [12.0 (01/03/26 12:01:00), 11.0 (01/03/26 12:00:00)] were greater than the threshold (10.0).',
    StateTransitionedTimestamp: new Date(TEST_TIME + 2 * MINUTE),
  })
  t.match(JSON.parse((await describe(cloudwatch)).StateReasonData!), {
    version: '1.0', queryDate: '2026-03-01T12:02:00.000+0000', startDate: '2026-03-01T12:00:00.000+0000', statistic: 'Sum', period: 60, recentDatapoints: [11, 12], threshold: 10,
  })
  await minutes(emulator, cloudwatch, [1])
  t.match(await describe(cloudwatch), { StateValue: 'OK', StateReason: 'Threshold Crossed: 2 datapoints [1.0 (01/03/26 12:03:00), 13.0 (01/03/26 12:02:00)] were not greater than the threshold (10.0).' })
  await emulator.clock.advance(10 * MINUTE)
  t.match(await describe(cloudwatch), { StateValue: 'INSUFFICIENT_DATA', StateReason: 'Insufficient Data: 2 datapoints were unknown.' })
  t.same(changes.map(({ previousState, state, at, actions }) => [previousState, state, (at - TEST_TIME) / MINUTE, actions.length]), [
    ['INSUFFICIENT_DATA', 'OK', 1, 1], ['OK', 'ALARM', 2, 1], ['ALARM', 'OK', 4, 1], ['OK', 'INSUFFICIENT_DATA', 8, 0],
  ])
  t.match(received, [{}, { Type: 'Notification', TopicArn: TOPIC, Subject: 'ALARM: "orders" in us-east-1', Timestamp: '2026-03-01T12:02:00.000Z' }, {}])
  t.equal(received.length, 3)
  t.match(JSON.parse(String(received[1]!.Message)), {
    AlarmName: 'orders', OldStateValue: 'OK', NewStateValue: 'ALARM', Region: 'us-east-1', AWSAccountId: '000000000000', Trigger: { MetricName: 'Orders', Statistic: 'SUM', Threshold: 10, Period: 60 },
  })
})

test('an hour at once evaluates its minutes in order', async (t) => {
  const emulator = await testEmulator(t)
  const { cloudwatch } = emulator.clients()
  const changes = changesOf(emulator)
  await alarm(cloudwatch, { EvaluationPeriods: 1, TreatMissingData: 'notBreaching' })
  const at = (minute: number) => new Date(TEST_TIME + minute * MINUTE)
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [5, 20, 21, 50].map((minute) => ({ MetricName: 'Orders', Value: 11, Timestamp: at(minute) })) }))
  await emulator.clock.advance(60 * MINUTE)
  t.same(changes.map(({ state, at }) => [state, (at - TEST_TIME) / MINUTE]), [['OK', 1], ['ALARM', 6], ['OK', 9], ['ALARM', 21], ['OK', 25], ['ALARM', 51], ['OK', 54]])
})

test('missing data, M of N, percentiles of few samples, metric math and short periods', async (t) => {
  const emulator = await testEmulator(t)
  const { cloudwatch } = emulator.clients()
  await alarm(cloudwatch, { AlarmName: 'missing', MetricName: 'Never', TreatMissingData: 'breaching' })
  await alarm(cloudwatch, { AlarmName: 'dynamodb', MetricName: 'Never', Namespace: 'AWS/DynamoDB', TreatMissingData: 'breaching' })
  await alarm(cloudwatch, { AlarmName: 'some', EvaluationPeriods: 3, DatapointsToAlarm: 2 })
  await alarm(cloudwatch, { AlarmName: 'few', Statistic: undefined, ExtendedStatistic: 'p50', EvaluationPeriods: 1, EvaluateLowSampleCountPercentile: 'ignore' })
  await alarm(cloudwatch, {
    AlarmName: 'math',
    MetricName: undefined,
    Namespace: undefined,
    Statistic: undefined,
    Period: undefined,
    EvaluationPeriods: 1,
    Metrics: [{ Id: 'a', ReturnData: false, MetricStat: { Metric: ORDERS, Period: 60, Stat: 'Sum' } }, { Id: 'e', Expression: 'FILL(a, 0) * 2' }],
  })
  await minutes(emulator, cloudwatch, [11, 1, 11])
  t.match(await describe(cloudwatch, 'missing'), { StateValue: 'ALARM', StateReason: 'Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].' })
  t.match(await describe(cloudwatch, 'dynamodb'), { StateValue: 'INSUFFICIENT_DATA' }, 'without data alarms on DynamoDB keep their state')
  t.match(await describe(cloudwatch, 'some'), {
    StateValue: 'ALARM',
    StateReason: 'Threshold Crossed: 3 out of the last 3 datapoints [11.0 (01/03/26 12:02:00), 1.0 (01/03/26 12:01:00), 11.0 (01/03/26 12:00:00)] were greater than the threshold (10.0) (minimum 2 datapoints for OK -> ALARM transition).',
  })
  t.match(await describe(cloudwatch, 'few'), { StateValue: 'INSUFFICIENT_DATA' }, 'fewer than 20 samples say nothing of a median')
  t.match(await describe(cloudwatch, 'math'), { StateValue: 'ALARM' })
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName: 'Orders', Values: [11], Counts: [30] }] }))
  await emulator.clock.advance(MINUTE)
  t.match(await describe(cloudwatch, 'few'), { StateValue: 'ALARM' })

  await alarm(cloudwatch, { AlarmName: 'fast', MetricName: 'Fast', Period: 10, EvaluationPeriods: 1 })
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName: 'Fast', Value: 11, StorageResolution: 1 }] }))
  await emulator.clock.advance(10_000)
  t.match(await describe(cloudwatch, 'fast'), { StateValue: 'ALARM', StateUpdatedTimestamp: new Date(TEST_TIME + 4 * MINUTE + 10_000) })
})

test('composite alarms follow at once', async (t) => {
  const emulator = await testEmulator(t)
  const { cloudwatch } = emulator.clients()
  const changes = changesOf(emulator)
  await alarm(cloudwatch, { AlarmName: 'a' })
  await alarm(cloudwatch, { AlarmName: 'b', ActionsEnabled: false })
  await cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: 'both', AlarmRule: 'ALARM(a) AND ALARM("b")', AlarmActions: [TOPIC] }))
  await cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: 'outer', AlarmRule: 'NOT ALARM(both)' }))
  const set = (AlarmName: string, StateValue: 'ALARM' | 'OK') => cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'set' }))
  await set('a', 'ALARM')
  await set('b', 'ALARM')
  t.same(changes.map(({ alarm, state }) => `${alarm} ${state}`), ['a ALARM', 'both OK', 'outer ALARM', 'b ALARM', 'both ALARM', 'outer OK'])
  t.same(changes.map(({ actions }) => actions.length), [1, 0, 0, 0, 1, 0], 'actions that are disabled are not executed')
  t.match(await describe(cloudwatch, 'both'), { StateReason: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:b transitioned to ALARM at Sunday 01 March, 2026 12:00:00 UTC' })
  t.match(await cloudwatch.send(new DescribeAlarmsCommand({})), { CompositeAlarms: [], MetricAlarms: [{}, {}] }, 'composite alarms are shown when they are asked for')
})

test('an action that fails is in the history, which is kept for two weeks', async (t) => {
  const emulator = await testEmulator(t)
  const { cloudwatch } = emulator.clients()
  const { received, url } = await receiver(t, 500)
  await emulator.alarms.setTarget('arn:aws:lambda:us-east-1:000000000000:function:page', url)
  await alarm(cloudwatch, { AlarmActions: ['arn:aws:lambda:us-east-1:000000000000:function:page'] })
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'orders', StateValue: 'ALARM', StateReason: 'set' }))
  t.match(received, [{ source: 'aws.cloudwatch', alarmData: { alarmName: 'orders', state: { value: 'ALARM', reason: 'set' }, previousState: { value: 'INSUFFICIENT_DATA' } } }])
  const history = async () => (await cloudwatch.send(new DescribeAlarmHistoryCommand({ HistoryItemType: 'Action' }))).AlarmHistoryItems ?? []
  t.match(await history(), [{ HistorySummary: 'Failed to execute action arn:aws:lambda:us-east-1:000000000000:function:page' }])
  await t.rejects(emulator.alarms.setTarget(TOPIC, 'http://example.org/'), { message: /The host example.org may not be called/ })
  await t.rejects(emulator.alarms.setTarget(TOPIC, 'file:///etc/passwd'), { message: /is not a URL of HTTP/ })
  await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['orders'] }))
  await emulator.clock.advance(15 * DAY)
  t.same(await history(), [])
})

test('changes come as server-sent events', async (t) => {
  const emulator = await testEmulator(t)
  const { cloudwatch } = emulator.clients()
  await alarm(cloudwatch)
  const response = await fetch(`${emulator.url}/_sandtable/alarms/events`)
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = (await reader.read()).value ?? ''
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'orders', StateValue: 'ALARM', StateReason: 'set' }))
  while (!/data: .*\n\n/.test(text)) text += (await reader.read()).value ?? ''
  await reader.cancel()
  t.match(text, /^retry: 1000\n\nid: 1\nevent: stateChange\ndata: /)
  t.match(JSON.parse(/data: (.*)/.exec(text)![1]!), { alarm: 'orders', state: 'ALARM', previousState: 'INSUFFICIENT_DATA', reason: 'set', at: TEST_TIME, actions: [TOPIC] })
})

test('alarms, data and targets survive a restart, and are in snapshots', async (t) => {
  const dataPath = t.testdir()
  const first = await testEmulator(t, { dataPath })
  await alarm(first.clients().cloudwatch)
  await first.alarms.setTarget(TOPIC, 'http://127.0.0.1:9/')
  await minutes(first, first.clients().cloudwatch, [11])
  await first.close()
  const second = await testEmulator(t, { dataPath, frozenAt: TEST_TIME + MINUTE })
  const { cloudwatch } = second.clients()
  t.same(second.alarms.targets(), [{ arn: TOPIC, url: 'http://127.0.0.1:9/' }])
  await second.alarms.removeTarget(TOPIC)
  await second.snapshots.save('before')
  await minutes(second, cloudwatch, [12])
  t.match(await describe(cloudwatch), { StateValue: 'ALARM' })
  await second.snapshots.restore('before')
  t.match(await describe(cloudwatch), { StateValue: 'OK' })
  await minutes(second, cloudwatch, [1])
  t.match(await describe(cloudwatch), { StateValue: 'OK', StateTransitionedTimestamp: new Date(TEST_TIME + MINUTE) })
  await second.reset({ account: '000000000000' })
  t.match(await cloudwatch.send(new DescribeAlarmsCommand({})), { MetricAlarms: [] })
  await second.clock.advance(MINUTE)
})
