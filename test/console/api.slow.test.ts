import { CreateTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { journey } from './test-support/browser.ts'

journey('the API beside the emulator, and its requests with their calls', async ({ t, page, emulator, ...go }) => {
  await go.visit('api')
  await page.getByText('No API runs in the process of this emulator').waitFor()
  await page.getByText('No request has caused an AWS call.').waitFor()

  emulator.announceApi(() => ({ url: 'http://127.0.0.1:3000', docs: 'http://127.0.0.1:3000/docs', routes: [{ method: 'POST', path: '/api/orders', summary: 'Places an <b>order</b>' }] }))
  const { dynamodb } = emulator.clients({ causedBy: () => 'request-<i>1</i>', maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand({ TableName: 'orders', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }))
  for (const id of ['a', 'b']) await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: id } } }))
  await dynamodb.send(new GetItemCommand({ TableName: 'none', Key: { id: { S: 'a' } } })).catch(() => {})
  await go.visit('api')
  await page.getByText('It listens at http://127.0.0.1:3000.').waitFor()
  t.equal(await page.getByRole('link', { name: 'Documentation' }).getAttribute('href'), 'http://127.0.0.1:3000/docs')
  await page.getByText('4: CreateTable, PutItem × 2, GetItem').waitFor()
  await page.getByText('Places an <b>order</b>').waitFor()
  await go.look('api')
  await page.getByRole('link', { name: 'request-<i>1</i>' }).click()
  await page.getByText('Calls of the request').waitFor()
})
