import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { journey } from './test-support/browser.ts'

journey('a metric is drawn, an alarm is made of it, fires live, and has a history', async ({ t, page, emulator, ...go }) => {
  const { dynamodb, cloudwatch } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand({
    TableName: 'orders', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }))
  const put = (count: number) => Promise.all(Array.from({ length: count }, (_, id) => dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: String(id) } } }))))
  for (const count of [3, 7, 2]) {
    await put(count)
    await emulator.clock.advance(60_000)
  }

  await go.visit('metrics')
  await page.getByLabel('Words of the namespace').fill('consumedwrite orders')
  await page.getByRole('checkbox', { name: 'Show ConsumedWriteCapacityUnits TableName=orders' }).click()
  await page.getByRole('img', { name: /^Sum of each 1 minute: ConsumedWriteCapacityUnits TableName=orders/ }).waitFor()
  t.match(page.url(), /show=%5B%22AWS%2FDynamoDB%22%2C%22ConsumedWriteCapacityUnits%22/, 'the state has an address')
  await page.getByRole('button', { name: 'Statistic' }).click()
  await page.getByRole('option', { name: 'SampleCount' }).click()
  await page.getByRole('img', { name: /^SampleCount of each 1 minute/ }).waitFor()
  await page.getByRole('button', { name: 'Statistic' }).click()
  await page.getByRole('option', { name: 'Sum' }).click()
  await go.look('metrics')

  await page.getByRole('link', { name: 'Create alarm' }).click()
  await page.getByLabel('Alarm name').fill('busy <b>')
  await page.getByLabel('Threshold').fill('many')
  await page.getByRole('button', { name: 'Create alarm' }).click()
  await page.getByText('Threshold takes a number', { exact: true }).waitFor()
  await page.getByLabel('Threshold').fill('5')
  await page.getByRole('button', { name: 'Missing data' }).click()
  await page.getByRole('option', { name: 'notBreaching' }).click()
  await go.look('create-alarm')
  await page.getByRole('button', { name: 'Create alarm' }).click()
  await page.getByRole('heading', { name: 'busy <b>' }).waitFor()
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({}))
  t.match(MetricAlarms, [{
    AlarmName: 'busy <b>',
    Namespace: 'AWS/DynamoDB',
    MetricName: 'ConsumedWriteCapacityUnits',
    Dimensions: [{ Name: 'TableName', Value: 'orders' }],
    Statistic: 'Sum',
    Period: 60,
    Threshold: 5,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
  }])

  await put(9)
  await emulator.clock.advance(60_000)
  await page.getByText('ALARM', { exact: true }).first().waitFor()
  await page.getByRole('rowheader', { name: /to ALARM/ }).first().waitFor()
  await go.look('alarm')
  await put(1)
  await emulator.clock.advance(60_000)
  await page.getByText('OK', { exact: true }).first().waitFor()
  await page.getByRole('button', { name: 'Set state' }).click()
  await page.getByRole('menuitem', { name: 'ALARM' }).click()
  await page.getByText('Set in the console').waitFor()

  await go.visit('alarms')
  await page.getByText('Sum of ConsumedWriteCapacityUnits >= 5 in 1 of 1 periods of 60 s').waitFor()
  await page.getByRole('link', { name: 'Create alarm' }).waitFor()
  await go.look('alarms')
  await go.visit('')
  await page.getByRole('link', { name: 'busy <b>' }).click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('There is no alarm.').waitFor()
})
