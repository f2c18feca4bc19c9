import { costOfAMillion, costOfUnits, type PriceBook } from '../../../cost/price-book.ts'
import type { MeasuredCall, MeasuredRequest, ScenarioResult } from '../runner.ts'
import { formatNumber } from '../text-table.ts'
import { escapeMarkup } from './escape.ts'
import { failuresOf } from './failures.ts'
import { SCRIPT, STYLE } from './html-page.ts'
import { summary, type ReportContext } from './table.ts'

/** The results as one page without outside references: a table that can be filtered, and each scenario's calls on a time line. */
export function htmlReport (results: readonly ScenarioResult[], { seed, priceBook }: ReportContext): string {
  const folders = [...new Set(results.map(({ name }) => name.split('/')[0] ?? ''))]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sandtable scenarios</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Scenarios</h1>
<p>${summary(results)} Seed ${seed}. Cost: what DynamoDB charges on demand in ${escapeMarkup(priceBook.region)}, by the price book
${escapeMarkup(priceBook.name)} (as of ${escapeMarkup(priceBook.asOf)}).</p>
<form>
<label>Find <input type="search" id="text" placeholder="name, title, call"></label>
<label>Result <select id="outcome"><option value="">all</option><option>failed</option><option>skipped</option><option>passed</option></select></label>
<label>Folder <select id="folder"><option value="">all</option>${folders.map((folder) => `<option>${escapeMarkup(folder)}</option>`).join('')}</select></label>
<output id="shown"></output>
</form>
<table>
<thead><tr><th>result<th>scenario<th class="n">checks<th class="n">AWS calls<th class="n">RCU<th class="n">WCU<th class="n">p50<th class="n">a million</tr></thead>
${results.map((result) => row(result, priceBook)).join('\n')}
</table>
<script>${SCRIPT}</script>
</body>
</html>
`
}

function row (result: ScenarioResult, priceBook: PriceBook): string {
  const { name, title, seed, pattern, outcome, reason, checks, usage, p50Ms, timeline = [] } = result
  const passed = checks.filter((check) => check.outcome === 'passed').length
  const cells = [
    passed === checks.length ? String(passed) : `${passed} of ${checks.length}`,
    formatNumber(usage?.calls),
    formatNumber(usage?.readUnits),
    formatNumber(usage?.writeUnits),
    p50Ms === undefined ? '-' : `${p50Ms.toFixed(1)} ms`,
    usage ? `$${costOfAMillion(priceBook, usage).toFixed(2)}` : '-',
  ]
  const [folder = ''] = name.split('/')
  return `<tbody class="scenario" data-outcome="${outcome}" data-folder="${escapeMarkup(folder)}">
<tr class="head"><td><span class="${outcome}">${outcome}</span><td><button type="button" aria-expanded="${outcome === 'failed'}">${escapeMarkup(name)}</button>${cells.map((cell) => `<td class="n">${cell}`).join('')}</tr>
<tr class="more"${outcome === 'failed' ? '' : ' hidden'}><td colspan="8">
<p>${escapeMarkup(title)} <span class="dim">Seed ${escapeMarkup(seed)}, access pattern: ${escapeMarkup(pattern)}</span></p>
${outcome === 'skipped' ? `<p>Skipped: ${escapeMarkup(reason ?? '')}</p>` : ''}${failuresOf(result).map(({ what, detail }) => `<p class="failed">${escapeMarkup(what)}</p><pre>${escapeMarkup(detail)}</pre>`).join('')}
<ul>${checks.filter((check) => check.outcome !== 'failed').map((check) => `<li class="${check.outcome === 'passed' ? 'passed' : 'skipped'}">${escapeMarkup(check.what)}${check.outcome === 'passed' ? '' : ' (not checked)'}</li>`).join('')}</ul>
${timeline.length > 0 ? timelineOf(timeline, priceBook) : ''}
</tr>
</tbody>`
}

/** Requests and their calls as bars, one below the other; the page is as wide as the time from the first request to the last answer. */
function timelineOf (timeline: readonly MeasuredRequest[], priceBook: PriceBook): string {
  const from = Math.min(...timeline.map(({ atMs }) => atMs))
  const width = Math.max(...timeline.map(({ atMs, durationMs }) => atMs + durationMs)) - from
  const bar = (kind: string, startMs: number, durationMs: number) => {
    const left = Math.min(99, 100 * (startMs - from) / width)
    return `<div class="track"><div class="bar ${kind}" style="left:${left.toFixed(2)}%;width:${Math.max(0.4, Math.min(100 - left, 100 * durationMs / width)).toFixed(2)}%"></div></div>`
  }
  const lines = timeline.flatMap(({ method, path, status, atMs, durationMs, calls = [] }) => [
    `<tr><td>${escapeMarkup(`${method} ${path}`)}<td class="n">${status}<td class="n"><td class="n">${totalCost(calls, priceBook)}<td class="n">${durationMs.toFixed(1)} ms<td>${bar('request', atMs, durationMs)}</tr>`,
    ...calls.map((call) => `<tr class="call"><td>${escapeMarkup(callName(call))}<td class="n">${call.result === 'ok' ? '' : escapeMarkup(call.result)}<td class="n">${units(call)}<td class="n">${costOf(call, priceBook)}<td class="n">${call.durationMs.toFixed(1)} ms<td>${
      bar(call.result === 'ok' ? 'ok' : 'error', atMs + Math.min(call.afterMs, durationMs), call.durationMs)}</tr>`),
  ])
  return `<table class="timeline"><thead><tr><th>request, and its AWS calls<th class="n">status<th class="n">capacity<th class="n">cost of a million<th class="n">time<th>${width.toFixed(1)} ms</tr></thead><tbody>${lines.join('')}</tbody></table>`
}

const callName = ({ service, operation, resource, index }: MeasuredCall) =>
  [service, operation, resource === undefined ? '' : index === undefined ? resource : `${resource}/${index}`].filter((part) => part !== '').join(' ')

const units = ({ service, readUnits, writeUnits }: MeasuredCall) => service === 'dynamodb' ? `${formatNumber(readUnits)} RCU, ${formatNumber(writeUnits)} WCU` : ''

const costOf = (call: MeasuredCall, priceBook: PriceBook) => call.service === 'dynamodb' ? `$${(costOfUnits(priceBook, call) * 1e6).toFixed(2)}` : ''

const totalCost = (calls: readonly MeasuredCall[], priceBook: PriceBook) =>
  calls.length === 0 ? '' : `$${calls.reduce((sum, call) => sum + costOfUnits(priceBook, call) * 1e6, 0).toFixed(2)}`
