import { CreateTableCommand, DeleteTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import type { EmulatorAccess } from '../kit/emulator-access.ts'
import { scenario } from '../kit/scenario.ts'

const TableName = 'image-processing-metadata-rehearsal'
/** Of 98 KB: a write costs 98 units, a strongly consistent read 25. */
const image = (number: number) => ({ imageId: { S: `image ${number}` }, processingSteps: { S: 'x'.repeat(98 * 1024 - 40) } })
const PERIOD_SECONDS = 300
const ALARMS = ['dynamodb-read-throttles', 'dynamodb-write-throttles']

export default scenario('operations: throttled reads and writes raise the two alarms after ten minutes, and more capacity ends them', {
  seed: '002',
  pattern: 'alarms on throttle events',
  // It moves the clock, and turns throttling on.
  environment: { EMULATOR_THROTTLING: 'on' },
  async run ({ emulator, check }) {
    await emulator.control('POST', '/clock/freeze')
    await emulator.dynamodb.send(new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'imageId', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'imageId', KeyType: 'HASH' }],
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    }))
    // On to a whole period, and one more in which the buckets fill.
    await emulator.advance(`${2 * PERIOD_SECONDS - (await emulator.now()).getTime() / 1000 % PERIOD_SECONDS}s`)
    for (const [index, MetricName] of ['ReadThrottleEvents', 'WriteThrottleEvents'].entries()) {
      await cloudwatch(emulator, 'PutMetricAlarm', {
        AlarmName: ALARMS[index],
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 2,
        MetricName,
        Namespace: 'AWS/DynamoDB',
        Period: PERIOD_SECONDS,
        Statistic: 'Sum',
        Threshold: 10,
        AlarmDescription: `This metric monitors DynamoDB ${index === 0 ? 'read' : 'write'} throttle events`,
        Dimensions: [{ Name: 'TableName', Value: TableName }],
      })
    }

    check.equal(await useForAPeriod(emulator), { reads: 0, writes: 0 }, 'a table that was idle has the units of five minutes')
    check.equal(await statesOf(emulator), ['INSUFFICIENT_DATA', 'INSUFFICIENT_DATA'], 'without throttles there is no data')
    for (const expected of ['INSUFFICIENT_DATA', 'ALARM']) {
      check.equal(await useForAPeriod(emulator, 2), { reads: 56, writes: 15 }, 'of twice as much, what goes beyond five minutes\' units is refused')
      check.equal(await statesOf(emulator), [expected, expected], 'an alarm needs two periods with more than ten throttle events')
    }
    await emulator.advance('30m')
    check.equal(await statesOf(emulator), ['ALARM', 'ALARM'], 'an alarm on a metric of DynamoDB ignores missing data: half a quiet hour does not end it')
    await emulator.dynamodb.send(new UpdateTableCommand({ TableName, ProvisionedThroughput: { ReadCapacityUnits: 9, WriteCapacityUnits: 9 } }))
    await emulator.advance(`${PERIOD_SECONDS}s`)
    check.equal(await useForAPeriod(emulator, 2), { reads: 8, writes: 3 }, 'with nine units in place of five, little is refused')
    check.equal(await statesOf(emulator), ['OK', 'OK'], 'and the alarms end')
    for (const AlarmName of ALARMS) {
      const { AlarmHistoryItems } = await cloudwatch<{ AlarmHistoryItems: { HistorySummary: string }[] }>(emulator, 'DescribeAlarmHistory', { AlarmName, HistoryItemType: 'StateUpdate', ScanBy: 'TimestampAscending' })
      check.equal(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary), ['Alarm updated from INSUFFICIENT_DATA to ALARM', 'Alarm updated from ALARM to OK'], `the history of ${AlarmName} has each change once`)
    }
    await cloudwatch(emulator, 'DeleteAlarms', { AlarmNames: ALARMS })
    await emulator.dynamodb.send(new DeleteTableCommand({ TableName }))
  },
})

/**
 * Writes and reads, all at the start of a period.
 * @param times  1: what five units a second save in a period
 * @returns how many calls were refused
 */
async function useForAPeriod (emulator: EmulatorAccess, times = 1): Promise<{ reads: number, writes: number }> {
  // A plain call: the SDK would retry. Many keys are written, since one key takes no more than 1,000 units a second.
  const call = (operation: string, input: object) => emulator.json('dynamodb', `DynamoDB_20120810.${operation}`, { TableName, ...input }).then(() => 0, (error: Error) => {
    if (!error.message.includes('ProvisionedThroughputExceededException')) throw error
    return 1
  })
  const refused = { reads: 0, writes: 0 }
  for (let n = 0; n < 15 * times; n++) refused.writes += await call('PutItem', { Item: image(n) })
  for (let n = 0; n < 58 * times; n++) refused.reads += await call('GetItem', { Key: { imageId: { S: 'image 0' } }, ConsistentRead: true, ProjectionExpression: 'imageId' })
  await emulator.advance(`${PERIOD_SECONDS}s`)
  return refused
}

const cloudwatch = <T>(emulator: EmulatorAccess, operation: string, input: object) => emulator.json<T>('monitoring', `GraniteServiceVersion20100801.${operation}`, input)

async function statesOf (emulator: EmulatorAccess): Promise<string[]> {
  const { MetricAlarms } = await cloudwatch<{ MetricAlarms: { StateValue: string }[] }>(emulator, 'DescribeAlarms', { AlarmNames: ALARMS })
  return MetricAlarms.map(({ StateValue }) => StateValue)
}
