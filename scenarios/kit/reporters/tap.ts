import type { ScenarioResult } from '../runner.ts'
import { failuresOf } from './failures.ts'

/**
 * The results in the Test Anything Protocol, a test point for each scenario.
 * Source: https://testanything.org/tap-version-14-specification.html
 */
export function tapReport (results: readonly ScenarioResult[]): string {
  return ['TAP version 14', `1..${results.length}`, ...results.flatMap(point), ''].join('\n')
}

function point (result: ScenarioResult, index: number): string[] {
  const { name, title, outcome, reason = '' } = result
  const line = `${outcome === 'failed' ? 'not ok' : 'ok'} ${index + 1} - ${escapeTap(`${name}: ${title}`)}`
  if (outcome === 'skipped') return [`${line} # SKIP ${escapeTap(reason)}`]
  if (outcome === 'passed') return [line]
  // JSON is YAML.
  const failures = failuresOf(result).map(({ what, detail }) => `    - ${JSON.stringify({ what, detail })}`)
  return [line, '  ---', '  failures:', ...failures, '  ...']
}

/** A description has one line; in it `#` begins a directive. */
const escapeTap = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('#', '\\#').replaceAll(/\s+/g, ' ')
