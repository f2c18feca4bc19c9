import type { ScenarioResult } from '../runner.ts'
import { htmlReport } from './html.ts'
import { jsonReport } from './json.ts'
import { junitReport } from './junit.ts'
import { tableReport, type ReportContext } from './table.ts'
import { tapReport } from './tap.ts'

/** A report of a whole run, as text. */
export type Reporter = (results: readonly ScenarioResult[], context: ReportContext) => string

/** All reporters, by the name that `--report` takes. */
export const reporters = { table: tableReport, junit: junitReport, json: jsonReport, html: htmlReport, tap: tapReport } satisfies Record<string, Reporter>

export type ReporterName = keyof typeof reporters

/** The file that a report is written to. */
export const REPORT_FILES: Readonly<Record<ReporterName, string>> = {
  table: 'scenarios.txt', junit: 'scenarios.xml', json: 'scenarios.json', html: 'scenarios.html', tap: 'scenarios.tap',
}
