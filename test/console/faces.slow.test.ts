import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { journey } from './test-support/browser.ts'

const DEMO = join(dirname(createRequire(import.meta.url).resolve('sandtable/package.json')), 'server/features/face/demo')

journey('faces are found in a picture, arranged and compared', async ({ t, page, emulator, ...go }) => {
  await go.visit('faces')
  await page.getByLabel('Name of a new collection').fill('staff')
  await page.getByRole('button', { name: 'Create collection' }).click()
  await page.getByRole('link', { name: 'staff' }).waitFor()
  await page.getByRole('tab', { name: 'Find and arrange' }).click()
  await page.locator('input[type=file]').setInputFiles(join(DEMO, 'ada.jpg'))
  await page.getByText('1 faces are marked').or(page.getByAltText('1 faces are marked in the picture')).first().waitFor()
  await go.look('faces')
  await page.getByRole('button', { name: 'Arrange' }).click()
  await page.getByRole('cell', { name: '20 to 30' }).waitFor()
  t.equal(emulator.faces.list().length, 1)
  await page.getByRole('tab', { name: 'Compare' }).click()
  await page.locator('input[type=file]').nth(0).setInputFiles(join(DEMO, 'bob.jpg'))
  await page.locator('input[type=file]').nth(1).setInputFiles(join(DEMO, 'ada-again.jpg'))
  await page.getByRole('button', { name: 'Compare' }).click()
  t.match(await page.getByTestId('similarity').textContent(), /Similarity \d|no similar face/)
  await go.look('compare')
})
