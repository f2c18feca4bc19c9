import type { DynamodbOperation } from '../../operation.ts'
import { transferArn } from '../../requests/transfer-shapes.ts'
import { describeRecord, findImport } from './import-description.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeImport.html
export const describeImport: DynamodbOperation<{ ImportArn: string }> = {
  types: { ImportArn: transferArn },
  run: ({ ImportArn }, ctx) => ({ ImportTableDescription: describeRecord(findImport(ImportArn, ctx), ctx.startedAt) }),
}
