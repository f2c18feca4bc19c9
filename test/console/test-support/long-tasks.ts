import type { Page } from 'playwright-core'
import type { Test } from 'tap'

/**
 * How long a task may keep the page from answering, ms: 100 on a machine of its own (`LONGEST_TASK_MS=100`); other work on the same
 * machine makes any task longer.
 */
const { LONGEST_TASK_MS = '1000' } = process.env

const WATCH = 'window.longTasks = []; new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.longTasks.push(duration) }).observe({ entryTypes: [\'longtask\'] })'

/** Measures from now on, by the browser's own account of work over 50 ms. @returns the longest so far, ms */
export async function watchLongTasks (page: Page): Promise<() => Promise<number>> {
  await page.evaluate(WATCH)
  return async () => Math.max(0, ...await page.evaluate<number[]>('window.longTasks'))
}

export async function checkLongest (t: Test, longest: () => Promise<number>, what: string): Promise<void> {
  const found = await longest()
  t.comment(`longest task of ${what}: ${found} ms`)
  t.ok(found < Number(LONGEST_TASK_MS), `no task of ${what} was long: ${found} ms`)
}

/** Scrolls down a page, or an element of it, and up again. */
export async function scroll (page: Page, steps = 15): Promise<void> {
  for (let step = 0; step < steps; step++) {
    await page.mouse.wheel(0, 400)
    await page.waitForTimeout(50)
  }
  await page.mouse.wheel(0, -400 * steps)
  await page.waitForTimeout(100)
}
