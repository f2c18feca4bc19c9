import { QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { withTable } from '../core/errors.ts'
import type { PageKey } from '../core/page-token.ts'

export interface PartitionQuery {
  table: string
  /** Default: the table itself, read strongly consistent. */
  index?: string
  hash: readonly [name: string, value: string]
  /** The attributes to return. */
  names: readonly string[]
}

/** All items with a hash key, in pages of 1 MB. */
export async function * queryPages (documents: DynamoDBDocumentClient, { table, index, hash, names }: PartitionQuery): AsyncGenerator<Record<string, unknown>[]> {
  let startKey: PageKey | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await withTable(table, () => documents.send(new QueryCommand({
      TableName: table,
      IndexName: index,
      ConsistentRead: index === undefined,
      KeyConditionExpression: '#hash = :hash',
      ProjectionExpression: names.map((name) => `#p${name}`).join(', '),
      ExpressionAttributeNames: { '#hash': hash[0], ...Object.fromEntries(names.map((name) => [`#p${name}`, name])) },
      ExpressionAttributeValues: { ':hash': hash[1] },
      ExclusiveStartKey: startKey,
    })))
    yield Items
    startKey = LastEvaluatedKey
  } while (startKey)
}
