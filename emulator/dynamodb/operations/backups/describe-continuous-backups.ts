import type { DynamodbOperation } from '../../operation.ts'
import { requiredTableName } from '../../requests/table-shapes.ts'
import { describeRecovery, tableToBackUp } from './continuous-backups.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html
export const describeContinuousBackups: DynamodbOperation<{ TableName: string }> = {
  types: { TableName: requiredTableName },
  run: ({ TableName }, ctx) => ({ ContinuousBackupsDescription: describeRecovery(tableToBackUp(TableName, ctx), ctx.startedAt) }),
}
