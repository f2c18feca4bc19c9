import { ApplicationAutoScalingClient, PutScheduledActionCommand, RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling'
import { BatchWriteItemCommand, CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { journey } from './test-support/browser.ts'

journey('a table uses up its units, is throttled with reasons, and gets units again', async ({ t, page, emulator, ...go }) => {
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand({
    TableName: 'orders',
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'state', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [{ IndexName: 'by-state', KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' }, ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 2 } }],
  }))
  const put = (id: string, attributes = {}) => dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: id }, ...attributes } }))

  await go.visit('capacity')
  await page.getByRole('link', { name: 'orders/by-state' }).waitFor()
  await page.getByText('Throttling is off').waitFor()
  await page.getByText('Throttling', { exact: true }).click()
  await page.getByText('Throttling is off').waitFor({ state: 'detached' })
  t.equal(emulator.throughput.throttling, true)

  for (let n = 0; n < 5; n++) await put('<b>hot</b>')
  await t.rejects(put('<b>hot</b>'), { name: 'ProvisionedThroughputExceededException' })
  await emulator.clock.advance(1000)
  for (const id of ['a', 'b', 'c', 'd']) await put(id, { state: { S: 'open' } })
  await t.rejects(put('e', { state: { S: 'open' } }), { name: 'ProvisionedThroughputExceededException' })
  await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { orders: ['f', 'g'].map((id) => ({ PutRequest: { Item: { id: { S: id } } } })) } }))
  await page.getByText('1 items not processed').waitFor()
  await page.getByText('orders/by-state: IndexWriteProvisionedThroughputExceeded').waitFor()
  await page.getByText('{"id":{"S":"<b>hot</b>"}}').waitFor()
  await go.look('capacity')

  await page.getByRole('link', { name: 'orders', exact: true }).click()
  await page.getByText('5 units a second').first().waitFor()
  await page.getByRole('rowheader', { name: '{"id":{"S":"<b>hot</b>"}}' }).waitFor()
  await emulator.clock.advance(120_000)
  await page.getByRole('img', { name: /^Write units a second: .*provisioned 5/ }).waitFor()
  await page.getByRole('img', { name: /^Units left: read units left 610, write units left 600/ }).waitFor()
  await page.getByLabel('Lag of this table').fill('soon')
  await page.getByRole('button', { name: 'Set the lag' }).click()
  await page.getByText('"lag" takes a duration').waitFor()
  await page.getByLabel('Lag of this table').fill('2s')
  await page.getByRole('button', { name: 'Set the lag' }).click()
  await page.getByTestId('lag').getByText('2000 ms').waitFor()
  t.equal(emulator.throughput.consistencyLag['orders'], 2000)

  const scaling = new ApplicationAutoScalingClient({ endpoint: emulator.url!, region: 'us-east-1', credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' } })
  t.teardown(() => scaling.destroy())
  const target = { ServiceNamespace: 'dynamodb', ResourceId: 'table/orders/index/by-state', ScalableDimension: 'dynamodb:index:WriteCapacityUnits' } as const
  await scaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 1, MaxCapacity: 10 }))
  await scaling.send(new PutScheduledActionCommand({ ...target, ScheduledActionName: 'noon', Schedule: 'at(2026-03-01T12:30:00)', ScalableTargetAction: { MinCapacity: 8 } }))
  await emulator.clock.set(Date.parse('2026-03-01T12:31:00Z'))
  await page.getByRole('button', { name: 'Table or index' }).click()
  await page.getByRole('option', { name: 'index by-state' }).click()
  await page.getByRole('heading', { name: 'orders/by-state' }).waitFor()
  t.match(page.url(), /capacity\/orders\?index=by-state$/)
  await page.getByText('WriteCapacityUnits: 8 to 10').waitFor()
  await page.getByRole('rowheader', { name: 'Setting write capacity units to 8.' }).waitFor()
  await page.getByText('8 units a second').waitFor()
  await go.look('table-capacity')
})
