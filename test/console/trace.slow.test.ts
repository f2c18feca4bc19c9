import { GetItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { journey } from './test-support/browser.ts'
import { checkLongest, watchLongTasks } from './test-support/long-tasks.ts'

journey('the trace follows calls, filters them and shows one with its input and output', async ({ t, page, emulator, ...go }) => {
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  await go.visit('trace')
  await page.getByText('Keep inputs and outputs').click()
  await page.getByRole('checkbox', { name: 'Keep inputs and outputs', checked: true }).waitFor()
  await dynamodb.send(new ListTablesCommand({}))
  await dynamodb.send(new GetItemCommand({ TableName: 'gone', Key: { id: { S: '<b>a</b>' } } })).catch(() => {})
  await page.getByRole('row', { name: /GetItem/ }).click()
  await page.getByRole('heading', { name: 'dynamodb GetItem' }).waitFor()
  await page.getByRole('textbox', { name: 'Output' }).getByText('Requested resource not found').waitFor()
  t.match(page.url(), /call=\d+/)
  await go.look('trace')
  await page.getByText('Failed only').click()
  await page.getByRole('row', { name: /ListTables/ }).waitFor({ state: 'detached' })
  t.equal(await page.getByRole('row', { name: /GetItem/ }).count(), 1)
})

journey('10,000 calls scroll without the page stopping, and by keys', async ({ t, page, emulator, ...go }) => {
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  for (let n = 0; n < 10_000; n++) await dynamodb.send(new ListTablesCommand({ Limit: 1 }))
  await go.visit('trace')
  await page.getByText('(10,000)').waitFor()
  const longest = await watchLongTasks(page)
  const grid = page.getByRole('grid', { name: 'Calls' })
  t.ok(await grid.getByRole('row').count() < 80, 'only what can be seen is drawn')
  for (let step = 0; step < 20; step++) {
    await grid.evaluate((element, top) => { element.scrollTop = top }, step * 15_000)
    await page.waitForTimeout(50)
  }
  await grid.evaluate((element) => { element.scrollTop = 0 })
  await grid.getByRole('row').nth(1).focus()
  await page.keyboard.press('End')
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-index') === '9999')
  await checkLongest(t, longest, 'the trace')
})
