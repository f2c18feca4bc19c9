import type { ServiceAccess } from '../core/access.ts'
import { withResourcePolicy } from '../dynamodb/operations/resource-policies/policy-access.ts'
import { accessDenied } from '../dynamodb/errors.ts'
import type { StreamsContext } from './context.ts'
import { readIterator } from './shard-iterator.ts'

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
export const access: ServiceAccess<StreamsContext> = {
  requests (operation, given, ctx) {
    const { account, region } = ctx
    const { StreamArn, ShardIterator, TableName = '*' } = given as { StreamArn?: string, ShardIterator?: string, TableName?: string } // of one of four operations
    const action = `dynamodb:${operation}`
    if (StreamArn !== undefined) return [withResourcePolicy({ action, resource: StreamArn }, ctx)]
    if (ShardIterator !== undefined) return [withResourcePolicy({ action, resource: readIterator(ShardIterator).stream }, ctx)]
    return [{ action, resource: TableName.startsWith('arn:') ? `${TableName}/stream/*` : `arn:aws:dynamodb:${region}:${account}:table/${TableName}/stream/*` }]
  },
  denied: ({ message }) => accessDenied(message),
}
