import { PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { CreateTableCommand, DeleteTableCommand, GetItemCommand, PutItemCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
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

const MARKUP = '<img src=x onerror="window.hit=1">'

journey('hostile data runs nowhere and breaks the layout of no page', async ({ t, page, emulator, ...go }) => {
  const { dynamodb, s3, cloudwatch } = emulator.clients({ causedBy: () => MARKUP, maxAttempts: 1 })
  await dynamodb.send(table())
  emulator.throughput.throttling = true
  const long = 'x'.repeat(900)
  for (const id of [MARKUP, '\u202egnp.exe', long, 'a\u0000b']) await dynamodb.send(new PutItemCommand({ TableName: 'hostile', Item: { id: { S: id } } }))
  await emulator.snapshots.save('first')
  await dynamodb.send(new PutItemCommand({ TableName: 'hostile', Item: { id: { S: MARKUP }, text: { S: long + MARKUP } } }))
  await emulator.snapshots.save('second')
  await dynamodb.send(new GetItemCommand({ TableName: 'none', Key: { id: { S: MARKUP } } })).catch(() => {})
  await s3.send(new CreateBucketCommand({ Bucket: 'hostile' }))
  for (const Key of [MARKUP, `folder ${MARKUP}/${long}`, '\u202egnp.exe']) await s3.send(new PutObjectCommand({ Bucket: 'hostile', Key, Body: `<script>window.hit=1</script>${long}`, ContentType: 'text/html', Metadata: { note: MARKUP } }))
  const metric = { Namespace: MARKUP, MetricName: `${MARKUP}${'y'.repeat(180)}`, Dimensions: [{ Name: 'Name', Value: `${MARKUP}${long}` }] }
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: metric.Namespace, MetricData: [{ MetricName: metric.MetricName, Dimensions: metric.Dimensions, Value: 1, Timestamp: new Date(emulator.clock.now()) }] }))
  await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: MARKUP, AlarmDescription: MARKUP, ...metric, Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' }))
  emulator.faults.add({ service: 's3', resource: MARKUP, key: MARKUP, error: 'throttle' })
  emulator.announceApi(() => ({ url: 'http://127.0.0.1:1', docs: 'http://127.0.0.1:1/docs', routes: [{ method: 'GET', path: MARKUP, summary: MARKUP + long }] }))
  const encoded = encodeURIComponent
  const key = encoded(`folder ${MARKUP}/${long}`)
  const show = encoded(JSON.stringify([metric.Namespace, metric.MetricName, ['Name', metric.Dimensions[0]!.Value]]))
  const pages = {
    '': 'Last errors',
    tables: 'hostile',
    'tables/hostile': 'Keys and indexes',
    'items/hostile': 'item',
    capacity: 'hostile',
    'capacity/hostile': 'Hottest partition keys',
    [`metrics?show=${show}`]: 'All metrics',
    alarms: 'All alarms',
    [`alarms/${encoded(MARKUP)}`]: 'History',
    [`alarms?create=${show}`]: 'Alarm name',
    [`trace?call=5&causedBy=${encoded(MARKUP)}`]: 'Calls of the request',
    faults: 'Rules',
    's3/hostile': 'onerror',
    [`s3/hostile?prefix=${encoded(`folder ${MARKUP}/`)}`]: 'onerror',
    [`s3/hostile?key=${key}`]: 'Metadata',
    access: 'Denied requests',
    api: 'Routes',
    'snapshots?first=first&second=second': '1 changed',
    [`tables/${encoded(MARKUP)}`]: 'img',
    [`${encoded(MARKUP)}`]: 'There is no such page',
  }
  for (const [address, text] of Object.entries(pages)) {
    await go.visit(address)
    await page.getByText(text).first().waitFor()
    await page.waitForTimeout(300)
    t.equal(await page.evaluate('window.hit'), undefined, `nothing ran on ${address.slice(0, 40)}`)
    t.equal(await page.locator('img[onerror], main script').count(), 0)
    t.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0, `the page ${address.slice(0, 40)} is as wide as the window`)
  }
})

journey('a table is deleted while it is open, and comes back', async ({ page, emulator, ...go }) => {
  const { dynamodb } = emulator.clients()
  for (const [address, gone] of [['tables/hostile', 'ResourceNotFoundException'], ['items/hostile', 'ResourceNotFoundException'], ['capacity/hostile', 'There is no table of this name']] as const) {
    await dynamodb.send(table())
    await go.visit(address)
    await page.getByText('hostile').first().waitFor()
    await page.getByText(gone).first().waitFor({ state: 'detached' })
    await dynamodb.send(new DeleteTableCommand({ TableName: 'hostile' }))
    await page.getByText(gone).first().waitFor()
    await dynamodb.send(table())
    await page.getByText(gone).first().waitFor({ state: 'detached' })
    await dynamodb.send(new DeleteTableCommand({ TableName: 'hostile' }))
  }
})

journey('the clock moves back, and the page follows it', async ({ page, emulator, ...go }) => {
  const { dynamodb } = emulator.clients()
  await dynamodb.send(table())
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'hostile', TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true } }))
  await dynamodb.send(new PutItemCommand({ TableName: 'hostile', Item: { id: { S: 'a' }, expires: { N: String(Date.parse('2026-03-03T12:00:00Z') / 1000) } } }))
  await go.visit('items/hostile')
  await page.getByText('in 2 d 0 h').waitFor()
  await emulator.clock.set(Date.parse('2026-02-28T12:00:00Z'))
  await page.getByRole('link', { name: '2026-02-28 12:00:00 (frozen)' }).waitFor()
  await page.getByText('in 3 d 0 h').waitFor()
  await go.visit('capacity/hostile')
  await page.getByText('Hottest partition keys').waitFor()
  await emulator.clock.set(Date.parse('2026-02-27T12:00:00Z'))
  await page.getByRole('link', { name: '2026-02-27 12:00:00 (frozen)' }).waitFor()
})
