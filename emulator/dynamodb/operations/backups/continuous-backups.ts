import type { DynamodbContext } from '../../context.ts'
import { backupTableNotFound } from '../../errors.ts'
import type { RecoverySetting, TableRecord } from '../../tables/table-record.ts'

const DAY_MS = 86_400_000

/** The earliest time (epoch ms) to which a table can be restored. */
export function restorableFrom ({ enabledAt, days }: RecoverySetting, now: number): number {
  return Math.max(enabledAt, now - days * DAY_MS)
}

/** `ContinuousBackupsDescription`. */
export function describeRecovery ({ settings: { recovery } }: TableRecord, now: number): object {
  return {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: recovery
      ? {
          PointInTimeRecoveryStatus: 'ENABLED',
          RecoveryPeriodInDays: recovery.days,
          EarliestRestorableDateTime: restorableFrom(recovery, now) / 1000,
          LatestRestorableDateTime: now / 1000,
        }
      : { PointInTimeRecoveryStatus: 'DISABLED' },
  }
}

/** @throws TableNotFoundException */
export function tableToBackUp (name: string, { store, notes }: DynamodbContext): TableRecord {
  notes.resource = name
  const table = store.tables.get(name)
  if (!table || table.settings.deletingUntil !== undefined) throw backupTableNotFound(name)
  return table
}
