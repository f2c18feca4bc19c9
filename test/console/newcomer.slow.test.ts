import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { journey } from './test-support/browser.ts'

journey('a newcomer\'s ten minutes: table, item, query, cost, throttling, expiry, restore', async ({ t, page, emulator, ...go }) => {
  await go.visit('')
  await page.getByRole('link', { name: 'Tables', exact: true }).click()
  await page.getByRole('button', { name: 'Create table' }).click()
  await page.getByLabel('Table name').fill('orders')
  await page.getByLabel('TTL attribute').fill('expires')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('heading', { name: 'orders' }).waitFor()

  await page.getByRole('link', { name: 'Items', exact: true }).last().click()
  await page.getByRole('button', { name: 'Create item' }).click()
  await page.getByRole('button', { name: 'Plain JSON' }).click()
  const expires = Date.parse('2026-03-02T12:00:00Z') / 1000
  await page.getByRole('textbox', { name: 'Item', exact: true }).fill(JSON.stringify({ id: 'a', state: 'open', total: 12.5, expires }))
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('is saved: 1 write units').waitFor()
  await page.getByText('in 1 d 0 h').waitFor()

  await page.getByRole('button', { name: 'Query', exact: true }).click()
  await page.getByLabel('id (S)').fill('a')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByTestId('run-examined').getByText('1 of 1').waitFor()
  await page.getByTestId('run-capacity').getByText('0.5 read units').waitFor()
  await go.look('newcomer-query')

  await go.visit('snapshots')
  await page.getByLabel('Name of a new snapshot').fill('before')
  await page.getByRole('button', { name: 'Save the state' }).click()
  await page.getByText('The state is saved as before.').waitFor()

  await go.visit('faults')
  await page.getByLabel('Service').click()
  await page.getByRole('option', { name: 'dynamodb', exact: true }).click()
  await page.getByLabel('Times at most').fill('1')
  await page.getByRole('button', { name: 'Add the rule' }).click()
  await page.getByText('The rule fault-1 is active.').waitFor()
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  const read = () => dynamodb.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: 'a' } } }))
  await t.rejects(read(), { name: 'ThrottlingException' })
  t.ok((await read()).Item)

  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByTestId('units-total').getByText('0.5 / 0').waitFor()
  await page.getByRole('button', { name: 'Advance by 31d' }).click()
  await page.getByTestId('clock-time').getByText('2026-04-01').waitFor()
  t.notOk((await read()).Item, 'its TTL has passed')

  await page.getByRole('link', { name: 'Snapshots' }).click()
  await page.getByRole('button', { name: 'Restore before' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await page.getByText('The state of before is restored.').waitFor()
  t.ok((await read()).Item, 'it is there again')
  await page.getByRole('link', { name: '2026-03-01 12:00:00 (frozen)' }).waitFor()
})
