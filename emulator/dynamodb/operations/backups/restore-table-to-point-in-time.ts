import { backupTableNotFound, invalidRestoreTime, recoveryUnavailable, validation } from '../../errors.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { refusedOverrides, restoreOverrides, type RestoreOverrides } from '../../requests/restore-shapes.ts'
import { itemsAt } from '../../storage/change-log/point-in-time.ts'
import { tableOfArn } from '../../tables/table-arn.ts'
import { restorableFrom } from './continuous-backups.ts'
import { checkOverrides, checkUnitsOverride, restoreTable } from './restore.ts'

export interface RestoreToPointInTimeInput extends RestoreOverrides {
  SourceTableName?: string
  SourceTableArn?: string
  UseLatestRestorableTime?: boolean
  /** Epoch seconds. */
  RestoreDateTime?: number
}

const INVALID = 'Invalid Request: '

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html
// The latest restorable time is now. The items are restored at once; the table is CREATING for `tableDelays.restore`.
export const restoreTableToPointInTime: DynamodbOperation<RestoreToPointInTimeInput> = {
  types: {
    ...restoreOverrides,
    SourceTableName: { type: 'String', regex: '[a-zA-Z0-9_.-]+', lengthGreaterThanOrEqual: 3, lengthLessThanOrEqual: 255 },
    SourceTableArn: { type: 'String', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 1024 },
    UseLatestRestorableTime: 'Boolean',
    RestoreDateTime: 'Double',
  },
  custom (input) {
    if ((input.SourceTableName === undefined) === (input.SourceTableArn === undefined)) {
      throw validation('Must provide exactly one of: sourceTableArn, sourceTableName')
    }
    if ((input.RestoreDateTime === undefined) === (input.UseLatestRestorableTime !== true)) {
      throw validation(`${INVALID}Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both`)
    }
    checkOverrides(input)
  },
  refuses: refusedOverrides,
  async run (input, ctx) {
    const { store, startedAt: now } = ctx
    const name = input.SourceTableName ?? tableOfArn(input.SourceTableArn!, ctx, 'RestoreTableToPointInTime')
    const table = store.tables.get(name)
    if (!table || table.settings.deletingUntil !== undefined) throw backupTableNotFound(name)
    const { recovery } = table.settings
    if (!recovery) throw recoveryUnavailable(name)
    checkUnitsOverride(input, table)
    const at = input.RestoreDateTime === undefined ? now : Math.floor(input.RestoreDateTime * 1000)
    const earliest = Math.floor(restorableFrom(recovery, now) / 1000) * 1000
    if (at < earliest || at > now) {
      throw invalidRestoreTime(`${INVALID}RestoreDateTime must be between ${new Date(earliest).toISOString()} and ${new Date(now).toISOString()}`)
    }
    return restoreTable(input, { table, at, items: itemsAt(store.database, table, at) }, ctx)
  },
}
