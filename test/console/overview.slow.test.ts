import { CreateTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { journey } from './test-support/browser.ts'

journey('the overview shows what runs, moves the clock and tells what failed', async ({ t, page, emulator, ...go }) => {
  const { dynamodb } = emulator.clients()
  const other = emulator.clients({ accessKeyId: '111122223333', region: 'eu-west-1' })
  const orders = { TableName: 'orders', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] } as const
  const createOrders = () => new CreateTableCommand({ ...orders, AttributeDefinitions: [...orders.AttributeDefinitions], KeySchema: [...orders.KeySchema] })
  await dynamodb.send(createOrders())
  await other.dynamodb.send(createOrders())

  await go.visit('')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.getByText('DynamoDB tables').waitFor()
  await page.getByRole('link', { name: '1', exact: true }).first().waitFor()
  t.equal(await page.title(), 'Sandtable')

  await page.getByTestId('clock-time').getByText('2026-03-01 12:00:00').waitFor()
  await page.getByRole('button', { name: 'Advance by 1d' }).click()
  await page.getByTestId('clock-time').getByText('2026-03-02 12:00:00').waitFor()
  t.equal(emulator.clock.state().now, '2026-03-02T12:00:00.000Z')
  await page.getByRole('textbox', { name: 'Set to' }).fill('2027-01-01T00:00:00Z')
  await page.getByRole('button', { name: 'Set', exact: true }).click()
  await page.getByTestId('clock-time').getByText('2027-01-01 00:00:00').waitFor()
  await page.getByLabel('Another time to advance by').fill('soon')
  await page.getByRole('button', { name: 'Advance', exact: true }).click()
  await page.getByText('"by" takes a duration').waitFor()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByText('running').waitFor()
  t.equal(emulator.clock.state().frozen, false)
  await page.getByRole('button', { name: 'Freeze' }).click()
  await page.getByText('frozen', { exact: true }).waitFor()

  for (let id = 0; id < 20; id++) await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: String(id) } } }))
  await dynamodb.send(new GetItemCommand({ TableName: 'gone', Key: { id: { S: 'a' } } })).catch(() => {})
  await page.getByTestId('calls-total').getByText('21').waitFor()
  await page.getByTestId('units-total').getByText('0 / 20').waitFor()
  await page.getByText('ResourceNotFoundException').waitFor()
  await go.look('overview')

  await page.getByRole('row', { name: '111122223333 eu-west-1' }).getByRole('link').click()
  await page.getByText('Of the account 111122223333 in eu-west-1.').waitFor()
  t.match(page.url(), /\?account=111122223333&region=eu-west-1$/, 'the state has an address')
})
