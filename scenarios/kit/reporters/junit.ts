import { escapeMarkup } from './escape.ts'
import type { ScenarioResult } from '../runner.ts'
import { failuresOf } from './failures.ts'

/**
 * The results as JUnit XML, for CI systems: a suite for each folder, a test case for each scenario.
 * Source: the schema that Jenkins and GitLab read (https://github.com/testmoapp/junitxml).
 */
export function junitReport (results: readonly ScenarioResult[]): string {
  const folderOf = ({ name }: ScenarioResult) => name.split('/')[0] ?? ''
  const folders = [...new Set(results.map(folderOf))]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sandtable scenarios" ${counts(results)}>`,
    ...folders.flatMap((folder) => {
      const members = results.filter((result) => folderOf(result) === folder)
      return [`  <testsuite name="${escapeMarkup(folder)}" ${counts(members)}>`, ...members.map(testCase), '  </testsuite>']
    }),
    '</testsuites>',
    '',
  ].join('\n')
}

function counts (results: readonly ScenarioResult[]): string {
  const count = (wanted: ScenarioResult['outcome']) => results.filter(({ outcome }) => outcome === wanted).length
  const ms = results.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0)
  return `tests="${results.length}" failures="${count('failed')}" skipped="${count('skipped')}" errors="0" time="${seconds(ms)}"`
}

function testCase (result: ScenarioResult): string {
  const { name, title, outcome, reason = '', durationMs = 0 } = result
  const [folder = ''] = name.split('/')
  const open = `    <testcase classname="${escapeMarkup(folder)}" name="${escapeMarkup(`${name}: ${title}`)}" time="${seconds(durationMs)}"`
  if (outcome === 'passed') return `${open}/>`
  if (outcome === 'skipped') return `${open}><skipped message="${escapeMarkup(reason)}"/></testcase>`
  const failures = failuresOf(result)
  const text = failures.map(({ what, detail }) => `${what}\n${detail}`).join('\n\n')
  return `${open}><failure message="${escapeMarkup(failures.map(({ what }) => what).join('; '))}">${escapeMarkup(text)}</failure></testcase>`
}

const seconds = (ms: number) => (ms / 1000).toFixed(3)
