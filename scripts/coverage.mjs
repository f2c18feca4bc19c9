// Runs all tests, including slow ones, prints their coverage, and fails if it is below LEAST_LINES.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Percent of lines. It may only rise. */
const LEAST_LINES = 96

/** Seconds in which a suite of slow tests has to end, also on a busy machine. */
const TIMEOUT_SECONDS = 900

const root = join(import.meta.dirname, '..')

for (const args of [['--reporter=min', '--coverage-report=none', `--timeout=${TIMEOUT_SECONDS}`, '.test-build/suites/**/*.test.js'], ['report', 'text-summary', 'json-summary']]) {
  const { status } = spawnSync('npx', ['tap', ...args], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

const { total } = JSON.parse(readFileSync(join(root, '.tap/report/coverage-summary.json'), 'utf8'))
if (total.lines.pct < LEAST_LINES) {
  console.error(`${total.lines.pct} % of the lines are covered; at least ${LEAST_LINES} % is required (scripts/coverage.mjs)`)
  process.exitCode = 1
}
