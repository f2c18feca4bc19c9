import type { ScenarioResult } from '../runner.ts'
import { jsonReport } from './json.ts'
import { tableReport, type ReportContext } from './table.ts'

/** A report of a whole run, as text. */
export type Reporter = (results: readonly ScenarioResult[], context: ReportContext) => string

/** All reporters, by the name that `--report` takes. */
export const reporters = { table: tableReport, json: jsonReport } satisfies Record<string, Reporter>

export type ReporterName = keyof typeof reporters
