import { costOfAMillion, type PriceBook } from '../../../cost/price-book.ts'
import type { ScenarioResult } from '../runner.ts'
import { formatNumber, renderTable, type Column } from '../text-table.ts'

const COLUMNS: readonly Column[] = [
  { title: '' },
  { title: 'scenario' },
  { title: 'checks', align: 'right' },
  { title: 'AWS calls', align: 'right' },
  { title: 'RCU', align: 'right' },
  { title: 'WCU', align: 'right' },
  { title: 'p50', align: 'right' },
  { title: 'a million', align: 'right' },
]
const MARKS = { passed: 'ok', failed: 'FAILED', skipped: 'skipped' } as const

/** What is reported beside the results. */
export interface ReportContext {
  seed: number
  priceBook: PriceBook
}

/** The table at the end of a run, what failed and what was not checked below it, and the sum. */
export function tableReport (results: readonly ScenarioResult[], { seed, priceBook }: ReportContext): string {
  const sections = [
    renderTable(COLUMNS, results.map((result) => row(result, priceBook))),
    ...results.filter(({ outcome }) => outcome === 'failed').map(failure),
    ...results.filter(({ outcome }) => outcome === 'skipped').map(({ name, reason }) => `skipped  ${name}: ${reason}`),
    footnotes(results, priceBook),
    `${summary(results)} Seed ${seed}.`,
  ]
  return sections.filter((section) => section !== '').join('\n\n')
}

/** `12 passed, 1 failed, 1 skipped.` */
export function summary (results: readonly ScenarioResult[]): string {
  const count = (wanted: ScenarioResult['outcome']) => results.filter(({ outcome }) => outcome === wanted).length
  const skipped = count('skipped')
  return `${count('passed')} passed, ${count('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}.`
}

function row ({ name, outcome, checks, usage, p50Ms }: ScenarioResult, priceBook: PriceBook): string[] {
  const passed = checks.filter((check) => check.outcome === 'passed').length
  return [
    MARKS[outcome],
    name,
    outcome === 'skipped' ? '-' : passed === checks.length ? String(passed) : `${passed} of ${checks.length}`,
    formatNumber(usage?.calls),
    formatNumber(usage?.readUnits),
    formatNumber(usage?.writeUnits),
    p50Ms === undefined ? '-' : `${p50Ms.toFixed(1)} ms`,
    usage ? `$${costOfAMillion(priceBook, usage).toFixed(2)}` : '-',
  ]
}

function failure ({ name, title, reason, checks }: ScenarioResult): string {
  const failed = checks.filter(({ outcome }) => outcome === 'failed').map(({ what, detail = '' }) => `  ${what}\n${indent(detail)}`)
  return [`FAILED  ${name} (${title})`, ...failed, ...reason === undefined ? [] : [`  an error was thrown\n${indent(reason)}`]].join('\n')
}

const indent = (text: string) => text.split('\n').map((line) => `      ${line}`.trimEnd()).join('\n')

function footnotes (results: readonly ScenarioResult[], { name, region, asOf }: PriceBook): string {
  const notes: string[] = []
  if (results.some(({ usage }) => usage)) {
    notes.push(
      'AWS calls, RCU and WCU: the average of the scenario\'s main requests. ' +
      `A million: what DynamoDB charges for a million requests, on demand in ${region}, by the price book ${name} (as of ${asOf}).`
    )
  }
  const unpriced = [...new Set(results.flatMap(({ usage }) => Object.keys(usage?.services ?? {})))].filter((service) => service !== 'dynamodb').sort()
  if (unpriced.length > 0) notes.push(`Calls to ${unpriced.join(' and ')} are counted, but the price book has no prices for them.`)
  const notChecked = results.flatMap(({ checks }) => checks).filter(({ outcome }) => outcome === 'not checked').length
  if (notChecked > 0) {
    notes.push(`NOT CHECKED: ${notChecked} checks of AWS calls and their cost, because this target has no trace. Give the emulator's address with --emulator.`)
  }
  return notes.join('\n')
}
