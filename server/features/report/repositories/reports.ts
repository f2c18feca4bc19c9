import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { withTable } from '../../../core/errors.ts'
import type { PageKey } from '../../../core/page-token.ts'
import { ReportChanged, ReportNotFound } from '../errors.ts'
import { etagOf } from '../if-match.ts'
import type { Report, ReportChanges } from '../schemas.ts'
import { USER_REPORTS_INDEX } from '../tables.ts'
import { updateOf } from './update.ts'

/** A report, and who must own it for anything to happen. */
export interface OwnReport {
  id: string
  userId: string
  /** It must have one of them; `undefined`: any. */
  versions?: readonly number[]
}

/** Reports: the feature's only caller of the table `k9-reports-{env}`. Those of other users do not exist for a caller. */
export function createReports (documents: DynamoDBDocumentClient, table: string) {
  /**
   * Runs a write on condition that the report is the user's, at one of the versions.
   *
   * @throws {@link ReportNotFound} (404) {@link ReportChanged} (412)
   */
  async function onOwn<T> ({ id, userId, versions }: OwnReport, call: (condition: ReturnType<typeof conditionOf>) => Promise<T>): Promise<T> {
    try {
      return await withTable(table, () => call(conditionOf(userId, versions)))
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error
      const { user_id: owner, version } = error.Item ?? {}
      throw owner?.S === userId ? new ReportChanged(id, etagOf({ version: Number(version?.N ?? 0) })) : new ReportNotFound(id)
    }
  }

  return {
    /** Access pattern "create a report": one PutItem. */
    async create (report: Report): Promise<void> {
      await withTable(table, () => documents.send(new PutCommand({ TableName: table, Item: report })))
    },

    /** Access pattern "one report": one GetItem. */
    async get ({ id, userId }: OwnReport): Promise<Report> {
      const { Item } = await withTable(table, () => documents.send(new GetCommand({ TableName: table, Key: { id } })))
      if (Item?.user_id !== userId) throw new ReportNotFound(id)
      return Item as Report // only this and imports write here, and both check
    },

    /** Access pattern "my reports": one Query on UserReportsIndex a page, newest first. */
    async listByUser (query: { userId: string, limit: number, startKey?: PageKey }): Promise<{ items: Report[], lastKey?: PageKey }> {
      const { Items = [], LastEvaluatedKey } = await withTable(table, () => documents.send(new QueryCommand({
        TableName: table,
        IndexName: USER_REPORTS_INDEX,
        KeyConditionExpression: 'user_id = :user_id',
        ExpressionAttributeValues: { ':user_id': query.userId },
        ScanIndexForward: false,
        Limit: query.limit,
        ExclusiveStartKey: query.startKey,
      })))
      return { items: Items as Report[], lastKey: LastEvaluatedKey } // see get()
    },

    /** Access patterns "replace a report" and "change a report": one conditional UpdateItem. */
    change (own: OwnReport, changes: ReportChanges, at: string): Promise<Report> {
      return onOwn(own, async (condition) => {
        const update = updateOf({ changes: { ...changes, updated_at: at }, count: 'version' })
        const { Attributes } = await documents.send(new UpdateCommand({
          TableName: table,
          Key: { id: own.id },
          UpdateExpression: update.UpdateExpression,
          ConditionExpression: condition.expression,
          ExpressionAttributeNames: { ...update.ExpressionAttributeNames, ...condition.names },
          ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ...condition.values },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }))
        return Attributes as Report // see get()
      })
    },

    /** Access pattern "delete a report": one conditional DeleteItem. */
    async remove (own: OwnReport): Promise<void> {
      await onOwn(own, ({ expression, names, values }) => documents.send(new DeleteCommand({
        TableName: table,
        Key: { id: own.id },
        ConditionExpression: expression,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      })))
    },
  }
}

export type Reports = ReturnType<typeof createReports>

/** A version that no report has. */
const NO_VERSION = -1

function conditionOf (userId: string, versions: readonly number[] | undefined) {
  const owned = { expression: '#user_id = :caller', names: { '#user_id': 'user_id' }, values: { ':caller': userId } }
  if (!versions) return owned
  const wanted = Object.fromEntries((versions.length > 0 ? versions : [NO_VERSION]).map((version, index) => [`:version${index}`, version]))
  const isWanted = `#version IN (${Object.keys(wanted).join(', ')})`
  // Items written by other programs may have none, which then is version 0.
  const orHasNone = versions.includes(0) ? ' OR attribute_not_exists(#version)' : ''
  return {
    expression: `${owned.expression} AND (${isWanted}${orHasNone})`,
    names: { ...owned.names, '#version': 'version' },
    values: { ...owned.values, ...wanted },
  }
}
