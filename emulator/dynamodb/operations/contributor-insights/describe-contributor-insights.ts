import type { DynamodbOperation } from '../../operation.ts'
import { unbounded } from '../../requests/shapes.ts'
import { indexName, requiredTableName } from '../../requests/table-shapes.ts'
import { described, rulesOf, settingOf, targetTable, type InsightsTarget } from './insights.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContributorInsights.html
export const describeContributorInsights: DynamodbOperation<InsightsTarget> = {
  types: { TableName: requiredTableName, IndexName: unbounded(indexName, 'notNull') },
  run (input, ctx) {
    const table = targetTable(input, ctx)
    const setting = settingOf(table, input.IndexName)
    return {
      ...described(input, setting),
      ...(setting && { LastUpdateDateTime: setting.changedAt / 1000 }),
      ...(setting?.enabled && { ContributorInsightsRuleList: rulesOf(table, input, setting) }),
    }
  },
}
