import { CreateTableCommand, DeleteTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { journey } from './test-support/browser.ts'

journey('the state is saved, restored and the snapshot deleted', async ({ t, page, emulator, ...go }) => {
  const { dynamodb } = emulator.clients()
  await dynamodb.send(new CreateTableCommand({ TableName: 'orders', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }))
  await go.visit('snapshots')
  await page.getByLabel('Name of a new snapshot').fill('before')
  await page.getByRole('button', { name: 'Save the state' }).click()
  await page.getByText('The state is saved as before.').waitFor()
  await go.look('snapshots')
  await dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }))
  await page.getByRole('button', { name: 'Restore before' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await page.getByText('The state of before is restored.').waitFor()
  t.strictSame((await dynamodb.send(new ListTablesCommand())).TableNames, ['orders'])
  await page.getByRole('button', { name: 'Delete before' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('No state is saved.').waitFor()
})
