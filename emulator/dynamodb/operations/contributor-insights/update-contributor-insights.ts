import type { DynamodbOperation } from '../../operation.ts'
import { unbounded } from '../../requests/shapes.ts'
import { indexName, requiredTableName } from '../../requests/table-shapes.ts'
import type { InsightsMode } from '../../tables/table-record.ts'
import { described, insightsMode, settingOf, targetTable, type InsightsTarget } from './insights.ts'

export interface UpdateContributorInsightsInput extends InsightsTarget { ContributorInsightsAction: 'ENABLE' | 'DISABLE', ContributorInsightsMode?: InsightsMode }

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContributorInsights.html
// Only the setting is kept: no rules are made in CloudWatch. The answer shows the change as AWS's does, and it holds at once.
export const updateContributorInsights: DynamodbOperation<UpdateContributorInsightsInput> = {
  types: {
    TableName: requiredTableName,
    IndexName: unbounded(indexName, 'notNull'),
    ContributorInsightsAction: { type: 'String', notNull: true, enum: ['ENABLE', 'DISABLE'] },
    ContributorInsightsMode: insightsMode,
  },
  run: (input, ctx) => ctx.store.transact(async (work) => {
    await work.ownTable(input.TableName)
    const table = targetTable(input, ctx)
    const enabled = input.ContributorInsightsAction === 'ENABLE'
    const mode = input.ContributorInsightsMode ?? settingOf(table, input.IndexName)?.mode ?? 'ACCESSED_AND_THROTTLED_KEYS'
    const setting = { enabled, mode, changedAt: ctx.startedAt }
    const insights = { ...table.settings.insights, [input.IndexName ?? '']: setting }
    await ctx.store.tables.put({ ...table, settings: { ...table.settings, insights } })
    return { ...described(input, setting), ContributorInsightsStatus: enabled ? 'ENABLING' : 'DISABLING' }
  }),
}
