import { readFile } from 'node:fs/promises'
import { CreateTableCommand, GetItemCommand, PutItemCommand, ScanCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { journey } from './test-support/browser.ts'

journey('items are searched, written, deleted, exported and imported', async ({ t, page, emulator, ...go }) => {
  const { dynamodb } = emulator.clients()
  await dynamodb.send(new CreateTableCommand({
    TableName: 'orders',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'user', AttributeType: 'S' }, { AttributeName: 'at', AttributeType: 'N' }, { AttributeName: 'state', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'user', KeyType: 'HASH' }, { AttributeName: 'at', KeyType: 'RANGE' }],
    GlobalSecondaryIndexes: [{ IndexName: 'by-state', KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
  }))
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'orders', TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true } }))
  const expires = Date.parse('2026-03-03T15:00:00Z') / 1000
  for (let at = 1; at <= 60; at++) {
    await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { user: { S: at % 2 ? 'ada' : 'bob' }, at: { N: String(at) }, state: { S: at % 3 ? 'open' : 'paid' }, expires: { N: String(expires) } } }))
  }

  await go.visit('items/orders')
  await page.getByText('50 of 50').waitFor()
  await page.getByText('in 2 d 3 h').first().waitFor()
  await page.getByRole('button', { name: 'Next page' }).click()
  await page.getByText('10 of 10').waitFor()
  await go.look('items')

  await page.getByRole('button', { name: 'Query', exact: true }).click()
  await page.getByLabel('user (S)').fill('ada')
  await page.getByLabel('at (N)', { exact: true }).fill('11')
  await page.getByRole('button', { name: 'How at compares' }).click()
  await page.getByRole('option', { name: '<=' }).click()
  await page.getByRole('button', { name: 'Add a filter' }).click()
  await page.getByRole('textbox', { name: 'Attribute' }).fill('state')
  await page.getByRole('textbox', { name: 'Value' }).fill('paid')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByText('2 of 6').waitFor()
  t.match(page.url(), /\?mode=query&key\.user=ada&key\.at=11&range=%3C%3D&where=state/)
  await page.getByText('The same call elsewhere').click()
  await page.getByText('--cli-input-json').waitFor()
  await page.getByRole('tab', { name: 'Python' }).click()
  await page.getByText('client.query(**{').waitFor()
  await go.look('query')
  await page.reload()
  await page.getByText('2 of 6').waitFor()

  await page.getByRole('button', { name: 'Create item' }).click()
  await page.getByRole('button', { name: 'Plain JSON' }).click()
  await page.getByRole('textbox', { name: 'Item', exact: true }).fill('{"user":"ada","at":5.5,"state":"paid","lines":[1,"two"]}')
  await go.look('item-editor')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('is saved: 2 write units').waitFor()
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: 'orders', Key: { user: { S: 'ada' }, at: { N: '5.5' } } }))
  t.strictSame(Item, { user: { S: 'ada' }, at: { N: '5.5' }, state: { S: 'paid' }, lines: { L: [{ N: '1' }, { S: 'two' }] } })
  await page.getByText('3 of 7').waitFor()

  await page.getByRole('checkbox', { name: 'Select ["ada","9"]' }).click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('2 of 6').waitFor()

  await go.visit('items/orders')
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Transfer' }).click()
  await page.getByRole('menuitem', { name: 'Export what is found as JSON' }).click()
  const exported = await (await saved).path()
  t.equal((JSON.parse(await readFile(exported, 'utf8')) as unknown[]).length, 60)
  await page.getByLabel('File to import').setInputFiles({ name: 'more.csv', mimeType: 'text/csv', buffer: Buffer.from('user,at,note\ncarl,1,"a, ""b"""\ncarl,2,\n') })
  await page.getByText('2 items are imported').waitFor()
  const { Items } = await dynamodb.send(new ScanCommand({ TableName: 'orders', FilterExpression: '#u = :carl', ExpressionAttributeNames: { '#u': 'user' }, ExpressionAttributeValues: { ':carl': { S: 'carl' } } }))
  t.strictSame(Items, [{ user: { S: 'carl' }, at: { N: '1' }, note: { S: 'a, "b"' } }, { user: { S: 'carl' }, at: { N: '2' } }])
})
