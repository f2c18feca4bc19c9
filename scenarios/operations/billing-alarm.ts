import { CreateTableCommand, DeleteTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { EmulatorAccess } from '../kit/emulator-access.ts'
import { scenario } from '../kit/scenario.ts'

const TableName = 'k9-reports-rehearsal'
const AlarmName = 'dynamodb-charges'
const DIMENSIONS = [{ Name: 'ServiceName', Value: 'AmazonDynamoDB' }, { Name: 'Currency', Value: 'USD' }]
/** USD in a month. */
const THRESHOLD = 5
const WRITE_UNITS = 1000
/** USD for an hour of a write unit, of which 18,600 in a month are free. */
const UNIT_HOUR = 0.00065
const FREE_UNIT_HOURS = 18_600
/** Charges are published every six hours. */
const EVERY_HOURS = 6

const charge = (hours: number): number => Math.max(0, hours * WRITE_UNITS - FREE_UNIT_HOURS) * UNIT_HOUR

export default scenario('operations: a billing alarm reports a table that was provisioned by mistake, within a day, and ends with the month', {
  seed: '003',
  pattern: 'billing alarm',
  // It moves the clock by weeks.
  environment: {},
  async run ({ emulator, check }) {
    await emulator.control('POST', '/clock/freeze')
    await toNextMonth(emulator)
    await emulator.dynamodb.send(new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }))
    await cloudwatch(emulator, 'PutMetricAlarm', {
      AlarmName,
      Namespace: 'AWS/Billing',
      MetricName: 'EstimatedCharges',
      Dimensions: DIMENSIONS,
      Statistic: 'Maximum',
      Period: EVERY_HOURS * 3600,
      EvaluationPeriods: 1,
      Threshold: THRESHOLD,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    })
    for (let n = 0; n < 100; n++) await emulator.documents.send(new PutCommand({ TableName, Item: { id: `report ${n}` } }))
    await emulator.advance('1d')
    check.equal(await stateOf(emulator), 'OK', 'a hundred writes a day, by request, cost next to nothing')

    const mistakeAt = await emulator.now()
    await emulator.dynamodb.send(new UpdateTableCommand({ TableName, BillingMode: 'PROVISIONED', ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: WRITE_UNITS } }))
    let hours = 0
    while (await stateOf(emulator) !== 'ALARM' && hours < 48) {
      await emulator.advance('1h')
      hours++
    }
    // Whole multiples of six hours since the month began; the alarm sees what was published in the hour before.
    const published = [6, 12, 18, 24, 30].find((after) => charge(after) > THRESHOLD) ?? 0
    check.equal(hours, published + 1, `the charges of ${published} hours, the first that are above ${THRESHOLD} USD, raise it within the hour`)
    const { Datapoints } = await cloudwatch<{ Datapoints: { Maximum: number }[] }>(emulator, 'GetMetricStatistics', {
      Namespace: 'AWS/Billing',
      MetricName: 'EstimatedCharges',
      Dimensions: DIMENSIONS,
      Statistics: ['Maximum'],
      Period: EVERY_HOURS * 3600,
      StartTime: mistakeAt.getTime() / 1000,
      EndTime: (await emulator.now()).getTime() / 1000,
    })
    check.equal(Math.max(...Datapoints.map(({ Maximum }) => Maximum)).toFixed(2), charge(published).toFixed(2), 'the metric has the hours of the units that are not free, at their price')

    await emulator.dynamodb.send(new DeleteTableCommand({ TableName }))
    await toNextMonth(emulator)
    await emulator.advance('1d')
    check.equal(await stateOf(emulator), 'OK', 'in the new month nothing is charged yet')
    const { AlarmHistoryItems } = await cloudwatch<{ AlarmHistoryItems: { HistorySummary: string }[] }>(emulator, 'DescribeAlarmHistory', { AlarmName, HistoryItemType: 'StateUpdate', ScanBy: 'TimestampAscending' })
    check.equal(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary).at(-1), 'Alarm updated from ALARM to OK', 'the history has it')
    await cloudwatch(emulator, 'DeleteAlarms', { AlarmNames: [AlarmName] })
  },
})

/** Moves the clock to the first moment of the next month, in UTC. */
async function toNextMonth (emulator: EmulatorAccess): Promise<void> {
  const now = await emulator.now()
  await emulator.advance(`${Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1) - now.getTime()}ms`)
}

const cloudwatch = <T>(emulator: EmulatorAccess, operation: string, input: object) => emulator.json<T>('monitoring', `GraniteServiceVersion20100801.${operation}`, input)

async function stateOf (emulator: EmulatorAccess): Promise<string | undefined> {
  const { MetricAlarms } = await cloudwatch<{ MetricAlarms: { StateValue: string }[] }>(emulator, 'DescribeAlarms', { AlarmNames: [AlarmName] })
  return MetricAlarms[0]?.StateValue
}
