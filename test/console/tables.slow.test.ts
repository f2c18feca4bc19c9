import { CreateTableCommand, DescribeTableCommand, ListTablesCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { journey } from './test-support/browser.ts'

const simpleTable = (TableName: string) => new CreateTableCommand({
  TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
})

journey('a table is created from the form, looked at, emptied and deleted', async ({ t, page, emulator, ...go }) => {
  const { dynamodb } = emulator.clients()
  await dynamodb.send(simpleTable('orders'))
  for (const id of ['a', 'b', 'c']) await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: id } } }))

  await go.visit('tables')
  await page.getByRole('link', { name: 'Items of orders: 3' }).waitFor()
  await go.look('tables')
  await page.getByRole('button', { name: 'Create table' }).click()
  await page.getByLabel('Table name').fill('events')
  await page.getByLabel('TTL attribute').fill('expires')
  await page.getByRole('button', { name: 'Add a global secondary index' }).click()
  await page.getByRole('textbox', { name: 'Index name' }).fill('by-user')
  await page.getByRole('textbox', { name: 'Hash key of the index' }).fill('user')
  await go.look('create-table')
  await page.getByRole('tab', { name: 'JSON of CreateTable' }).click()
  await page.getByText('"by-user"').waitFor()
  t.match(page.url(), /create=json/)
  await go.look('create-table-json')
  await page.getByRole('tab', { name: 'Form' }).click()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('heading', { name: 'events' }).waitFor()
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'events' }))
  t.match(Table?.GlobalSecondaryIndexes, [{ IndexName: 'by-user', KeySchema: [{ AttributeName: 'user', KeyType: 'HASH' }] }])
  await page.getByText('Items expire by expires.').waitFor()
  await page.getByText('Point-in-time recovery').click()
  await page.getByRole('checkbox', { name: 'Point-in-time recovery', checked: true }).waitFor()
  await go.look('table')

  await go.visit('tables/orders')
  await page.getByRole('button', { name: 'Truncate' }).click()
  await page.getByLabel('Write truncate to confirm').fill('truncate')
  await page.getByRole('dialog').getByRole('button', { name: 'Truncate' }).click()
  await page.getByText('3 items of orders are deleted.').waitFor()
  t.equal((await dynamodb.send(new ScanCommand({ TableName: 'orders' }))).Count, 0)
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByLabel('Write delete to confirm').fill('delete')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('The table orders is deleted.').waitFor()
  t.strictSame((await dynamodb.send(new ListTablesCommand())).TableNames, ['events'])
})

journey('the list of 1,000 tables is there and can be narrowed', async ({ t, page, emulator, ...go }) => {
  const { dynamodb } = emulator.clients()
  for (let n = 0; n < 1000; n++) await dynamodb.send(simpleTable(`table-${String(n).padStart(4, '0')}`))
  await go.visit('tables?filter=table-099')
  await page.getByRole('link', { name: 'Items of table-0999: 0' }).waitFor()
  t.equal(await page.getByRole('link', { name: /^table-099/ }).count(), 10)
  await page.getByText('(1,000)').waitFor()
})
