import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import axe from 'axe-core'
import { chromium, type Page } from 'playwright-core'
import { test, type Test } from 'tap'
import { startEmulator, type Emulator, type EmulatorOptions } from '../../../emulator/index.ts'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const root = dirname(createRequire(import.meta.url).resolve('sandtable/package.json'))

/** Why journeys through the console cannot be made here; `false` where they can. */
const skip = !existsSync(CHROMIUM)
  ? `there is no ${CHROMIUM}; CHROMIUM names another one`
  : existsSync(join(root, 'dist/console/index.html')) ? false : 'the console has not been built: npm run build'

/** Where pictures of the pages go; without it none are taken. */
const { CONSOLE_PICTURES } = process.env

export interface Journey {
  t: Test
  page: Page
  emulator: Emulator
  /** Goes to an address below the console's. */
  visit (path: string): Promise<void>
  /** Fails unless axe finds nothing on the page as it is, light and dark; keeps a picture of each where they are wanted. */
  look (name: string): Promise<void>
}

/** The time at which the emulator's clock stands. */
const FROZEN_AT = Date.parse('2026-03-01T12:00:00.000Z')

/** What the browser reports of itself that may be: the emulator refuses calls on purpose. */
const EXPECTED = /Failed to load resource/

/**
 * A test of the console in a browser, on an emulator of its own. It fails for each error that the browser reports, and for
 * each request to somewhere else.
 */
export function journey (title: string, walk: (journey: Journey) => Promise<void>, options: EmulatorOptions = {}): void {
  void test(title, { skip, timeout: 170_000 }, async (t) => {
    const emulator = await startEmulator({ frozenAt: FROZEN_AT, onError: (event) => t.fail('internal error', { event }), ...options })
    t.teardown(() => emulator.close())
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] })
    t.teardown(() => browser.close())
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, locale: 'en-US', timezoneId: 'UTC' })
    page.setDefaultTimeout(15_000)
    const origin = emulator.url! // it listens
    const wrong = watch(page, origin)
    await walk({ t, page, emulator, visit: async (path) => { await page.goto(`${origin}/_sandtable/console/${path}`) }, look: (name) => look(t, page, name) }).catch(async (error: unknown) => {
      t.comment('what the browser reports:', wrong)
      if (CONSOLE_PICTURES !== undefined) await page.screenshot({ path: join(CONSOLE_PICTURES, 'failed.png'), fullPage: true }).catch(() => {})
      throw error
    })
    t.strictSame(wrong, [], 'the browser reports no error and no request to anywhere else')
  })
}

/** What goes wrong in a page, as it does. */
function watch (page: Page, origin: string): string[] {
  const wrong: string[] = []
  page.on('pageerror', (error) => wrong.push(String(error)))
  page.on('console', (message) => { if (message.type() === 'error' && !EXPECTED.test(message.text())) wrong.push(message.text()) })
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:') && !url.startsWith(`blob:${origin}/`)) wrong.push(`a request to ${url}`)
  })
  return wrong
}

async function look (t: Test, page: Page, name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    // Colours fade over some frames.
    await page.waitForTimeout(300)
    await page.evaluate(axe.source)
    const found = await page.evaluate<axe.AxeResults>('axe.run(document, { resultTypes: ["violations"] })')
    t.strictSame(found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`), [], `axe finds nothing on ${name}, ${scheme}`)
    if (CONSOLE_PICTURES === undefined) continue
    await mkdir(CONSOLE_PICTURES, { recursive: true })
    await page.screenshot({ path: join(CONSOLE_PICTURES, `${name}-${scheme}.png`), fullPage: true })
  }
  await page.emulateMedia({ colorScheme: 'light' })
}
