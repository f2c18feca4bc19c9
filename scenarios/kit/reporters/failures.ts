import type { ScenarioResult } from '../runner.ts'

/** What failed in a scenario: its failed checks, and the error that ended it. */
export function failuresOf ({ outcome, checks, reason }: ScenarioResult): { what: string, detail: string }[] {
  const failed = checks.filter((check) => check.outcome === 'failed').map(({ what, detail = '' }) => ({ what, detail }))
  return outcome === 'failed' && reason !== undefined ? [...failed, { what: 'it ended with an error', detail: reason }] : failed
}
