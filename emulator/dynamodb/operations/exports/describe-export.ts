import type { DynamodbOperation } from '../../operation.ts'
import { transferArn } from '../../requests/transfer-shapes.ts'
import { describeRecord, findExport } from './export-description.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeExport.html
export const describeExport: DynamodbOperation<{ ExportArn: string }> = {
  types: { ExportArn: transferArn },
  run: ({ ExportArn }, ctx) => ({ ExportDescription: describeRecord(findExport(ExportArn, ctx), ctx.startedAt) }),
}
