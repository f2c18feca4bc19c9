import { invalidExportTime, validation } from '../../errors.ts'
import type { ExportScope, ExportViewType } from '../../storage/transfer-records.ts'
import type { RecoverySetting } from '../../tables/table-record.ts'
import { restorableFrom } from '../backups/continuous-backups.ts'

/** The members that say what to export; times in epoch seconds. */
export interface ScopeInput {
  ExportType?: ExportScope['type']
  ExportTime?: number
  IncrementalExportSpecification?: { ExportFromTime?: number, ExportToTime?: number, ExportViewType?: ExportViewType }
}

const INVALID = 'Invalid Request: '
const SHORTEST_MS = 15 * 60_000
const LONGEST_MS = 24 * 3_600_000

/** @throws ValidationException for members of the other type of export */
export function checkScope ({ ExportType = 'FULL_EXPORT', ExportTime, IncrementalExportSpecification: incremental }: ScopeInput): void {
  if (ExportType === 'FULL_EXPORT') {
    if (incremental) throw validation(`${INVALID}IncrementalExportSpecification is not supported for ExportType FULL_EXPORT`)
    return
  }
  if (ExportTime !== undefined) throw validation(`${INVALID}ExportTime is not supported for ExportType INCREMENTAL_EXPORT`)
  if (incremental?.ExportFromTime === undefined) throw validation(`${INVALID}ExportFromTime must be provided in IncrementalExportSpecification`)
}

/**
 * What to export. Times that are left out are now.
 * @throws InvalidExportTimeException for a time that the table cannot be restored to; ValidationException for a window that is
 * too short or too long
 */
export function scopeOf ({ ExportType = 'FULL_EXPORT', ExportTime, IncrementalExportSpecification: incremental }: ScopeInput, recovery: RecoverySetting, now: number): ExportScope {
  const earliest = Math.floor(restorableFrom(recovery, now) / 1000) * 1000
  const checked = (member: string, seconds: number | undefined) => {
    const ms = seconds === undefined ? now : Math.floor(seconds * 1000)
    if (ms >= earliest && ms <= now) return ms
    throw invalidExportTime(`${INVALID}${member} must be between ${new Date(earliest).toISOString()} and ${new Date(now).toISOString()}`)
  }
  if (ExportType === 'FULL_EXPORT') return { type: ExportType, at: checked('ExportTime', ExportTime) }
  const from = checked('ExportFromTime', incremental?.ExportFromTime)
  const to = checked('ExportToTime', incremental?.ExportToTime)
  if (to <= from) throw validation(`${INVALID}ExportFromTime must be less than ExportToTime`)
  if (to - from < SHORTEST_MS || to - from > LONGEST_MS) {
    throw validation(`${INVALID}The period between ExportFromTime and ExportToTime must be at least 15 minutes and at most 24 hours`)
  }
  return { type: ExportType, from, to, view: incremental?.ExportViewType ?? 'NEW_AND_OLD_IMAGES' }
}
