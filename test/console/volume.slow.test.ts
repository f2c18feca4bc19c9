import { BatchWriteItemCommand, CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { journey } from './test-support/browser.ts'
import { checkLongest, scroll, watchLongTasks } from './test-support/long-tasks.ts'

/** Items of the large table: `CONSOLE_ITEMS=1000000` makes a million. */
const ITEMS = Number(process.env['CONSOLE_ITEMS'] ?? 20_000)
const TABLES = 1000
const OBJECTS = 2000

const table = (TableName: string) => new CreateTableCommand({
  TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
})

journey('1,000 tables scroll and turn pages smoothly, in the list and in their capacity', async ({ t, page, emulator, ...go }) => {
  const { dynamodb } = emulator.clients()
  for (let n = 0; n < TABLES; n++) await dynamodb.send(table(`table-${String(n).padStart(4, '0')}`))
  for (const name of ['tables', 'capacity']) {
    await go.visit(name)
    await page.getByText('(1,000)').waitFor()
    await page.getByRole('link', { name: 'table-0000', exact: true }).waitFor()
    await page.waitForTimeout(2000) // descriptions come after the list
    const longest = await watchLongTasks(page)
    await page.mouse.move(700, 500)
    await scroll(page)
    for (let turn = 0; turn < 3; turn++) {
      await page.getByRole('button', { name: 'Next page' }).click()
      await scroll(page, 5)
    }
    await checkLongest(t, longest, `${TABLES} ${name}`)
  }
})

journey('a table of many items and a folder of 2,000 objects scroll and turn pages smoothly', async ({ t, page, emulator, ...go }) => {
  const { dynamodb, s3 } = emulator.clients()
  await dynamodb.send(table('large'))
  for (let n = 0; n < ITEMS; n += 25) {
    await dynamodb.send(new BatchWriteItemCommand({
      RequestItems: { large: Array.from({ length: Math.min(25, ITEMS - n) }, (_, place) => ({ PutRequest: { Item: { id: { S: `item-${n + place}` }, state: { S: 'open' }, total: { N: String(n) }, note: { S: 'x'.repeat(200) } } } })) },
    }))
  }
  await go.visit('items/large')
  await page.getByText('50 of 50').waitFor()
  const items = await watchLongTasks(page)
  await page.mouse.move(700, 600)
  await scroll(page)
  for (let turn = 0; turn < 5; turn++) {
    await page.getByRole('button', { name: 'Next page' }).click()
    await scroll(page, 5)
  }
  await checkLongest(t, items, `${ITEMS} items`)

  await s3.send(new CreateBucketCommand({ Bucket: 'photos' }))
  for (let n = 0; n < OBJECTS; n++) await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: `many/${String(n).padStart(4, '0')}.txt`, Body: 'x' }))
  await go.visit('s3/photos?prefix=many/')
  await page.getByText('(2,000)').waitFor()
  const objects = await watchLongTasks(page)
  await page.mouse.move(700, 600)
  await scroll(page)
  for (let turn = 0; turn < 5; turn++) {
    await page.getByRole('button', { name: 'Next page' }).click()
    await scroll(page, 5)
  }
  await checkLongest(t, objects, `${OBJECTS} objects`)
})
