import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { startEmulator } from '../../emulator/index.ts'
import { journey } from './test-support/browser.ts'

const table = () => new CreateTableCommand({ TableName: 'hostile', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] })

journey('what looks like markup, controls text or is huge is shown as text', async ({ t, page, emulator, ...go }) => {
  const { dynamodb } = emulator.clients()
  await dynamodb.send(table())
  const hostile = ['<img src=x onerror="window.hit=1">', '</script><script>window.hit=1</script>', '\u202egnp.exe', 'a\u0000b\u001bc', 'x'.repeat(1000), 'مرحبا', '__proto__']
  for (const id of hostile) await dynamodb.send(new PutItemCommand({ TableName: 'hostile', Item: { id: { S: id }, '<b>name</b>': { S: '<script>window.hit=1</script>' }, ['__proto__']: { S: 'own' } } }))
  await dynamodb.send(new PutItemCommand({ TableName: 'hostile', Item: { id: { S: 'large' }, text: { S: 'y'.repeat(390_000) } } }))
  await go.visit('items/hostile')
  await page.getByText('8 of 8').waitFor()
  const shown = await page.locator('tbody th').allTextContents()
  for (const text of ['<img src=x onerror="window.hit=1">', '\\u202egnp.exe', 'a\\u0000b\\u001bc', '__proto__']) t.ok(shown.includes(text), `${text} is shown as it is`)
  t.equal(await page.locator('td b, td img, td script, th b, th img, th script').count(), 0)
  await go.look('hostile')
  await page.locator('tbody th').getByText('large', { exact: true }).click()
  await page.getByRole('button', { name: 'DynamoDB JSON' }).click()
  await page.getByRole('textbox', { name: 'Item', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await go.visit('trace?resource=%3Cimg%20src%3Dx%20onerror%3Dwindow.hit%3D1%3E')
  await page.getByRole('heading', { name: 'Trace' }).waitFor()
  t.equal(await page.evaluate('window.hit'), undefined, 'nothing ran')
})

journey('the page says when the emulator is gone, and goes on when it is back', async ({ t, page, emulator, ...go }) => {
  await go.visit('tables')
  await page.getByText('There is no table.').waitFor()
  const { port } = new URL(emulator.url!) // it listens
  await emulator.close()
  await page.getByText('The emulator does not answer.').waitFor()
  const again = await startEmulator({ listen: { port: Number(port) } })
  t.teardown(() => again.close())
  await again.clients().dynamodb.send(table())
  await page.getByText('The emulator does not answer.').waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'hostile', exact: true }).waitFor()
})
