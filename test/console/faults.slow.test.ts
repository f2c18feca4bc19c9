import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { journey } from './test-support/browser.ts'

journey('a fault rule is added from the form, counts its hits and is removed', async ({ t, page, emulator, ...go }) => {
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  await go.visit('faults')
  await page.getByLabel('Service').click()
  await page.getByRole('option', { name: 'dynamodb', exact: true }).click()
  await page.getByLabel('Times at most').fill('0')
  await page.getByRole('button', { name: 'Add the rule' }).click()
  await page.getByText('"times" takes a whole number from 1').first().waitFor()
  await page.getByLabel('Times at most').fill('2')
  await page.getByRole('button', { name: 'Add the rule' }).click()
  await page.getByText('The rule fault-1 is active.').waitFor()
  await t.rejects(dynamodb.send(new ListTablesCommand({})), { name: 'ThrottlingException' })
  await page.getByText('1 of 1').waitFor()
  await go.look('faults')
  await page.getByRole('button', { name: 'Remove fault-1' }).click()
  await page.getByText('No call fails on purpose.').waitFor()
  await dynamodb.send(new ListTablesCommand({}))
})
