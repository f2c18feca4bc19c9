import type { AccessRequest, ServiceAccess } from '../core/access.ts'
import { accessDenied } from './errors.ts'
import type { DynamodbContext } from './context.ts'
import { statementAccess } from './operations/partiql/statement-access.ts'
import { withResourcePolicy } from './operations/resource-policies/policy-access.ts'
import type { BoundStatement } from './operations/partiql/statement-request.ts'
import type { Item } from './values/item.ts'
import { conditionKeys, type ItemRequest } from './access-keys.ts'

/** An input by what it may name; validation has been through it. */
interface Input extends ItemRequest {
  TableName?: string
  IndexName?: string
  ResourceArn?: string
  BackupArn?: string
  ExportArn?: string
  ImportArn?: string
  TableArn?: string
  StreamArn?: string
  SourceTableName?: string
  SourceTableArn?: string
  TargetTableName?: string
  S3Bucket?: string
  S3Prefix?: string
  S3BucketSource?: { S3Bucket?: string, S3KeyPrefix?: string }
  TableCreationParameters?: { TableName?: string }
  RequestItems?: Record<string, { Keys?: Item[] } | { PutRequest?: { Item: Item }, DeleteRequest?: { Key: Item } }[]>
  /** Of PartiQL. */
  _read?: BoundStatement | BoundStatement[]
  TransactItems?: Record<string, ItemRequest & { TableName: string }>[]
}

/** What the members of a transaction ask for; the operation itself asks for nothing. */
const MEMBERS: Readonly<Record<string, string>> = { Get: 'GetItem', Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem', ConditionCheck: 'ConditionCheckItem' }

/** What a restore does with the new table. */
const RESTORING = ['BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem']

const ON_ITEMS = new Set(['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan'])

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
export const access: ServiceAccess<DynamodbContext> = {
  requests: (operation, input, ctx) => requestsOf(operation, input as Input, ctx).map((request) => withResourcePolicy(request, ctx)), // of one of the operations
  denied: ({ message }) => accessDenied(message),
}

function requestsOf (operation: string, input: Input, ctx: DynamodbContext): AccessRequest[] {
  const tableArn = (name: string) => name.startsWith('arn:') ? name : `arn:aws:dynamodb:${ctx.region}:${ctx.account}:table/${name}`
  const action = `dynamodb:${operation}`
  if (ON_ITEMS.has(operation)) {
    const table = input.TableName! // these have one
    return [{ action, resource: input.IndexName === undefined ? tableArn(table) : `${tableArn(table)}/index/${input.IndexName}`, key: conditionKeys(operation, input, table, ctx) }]
  }
  switch (operation) {
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.entries(input.RequestItems ?? {}).map(([table, requests]) => ({
        action,
        resource: tableArn(table),
        key: conditionKeys(operation, batchOf(requests, input), table, ctx),
      }))
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return (input.TransactItems ?? []).flatMap((item) => Object.entries(item).map(([name, member]): AccessRequest => ({
        action: `dynamodb:${MEMBERS[name]}`,
        resource: tableArn(member.TableName),
        key: conditionKeys(MEMBERS[name]!, { ...member, ReturnConsumedCapacity: input.ReturnConsumedCapacity }, member.TableName, ctx, operation),
      })))
    case 'ExecuteStatement': return [statementAccess(input._read as BoundStatement, ctx)] // validation has read it
    case 'ExecuteTransaction': return (input._read as BoundStatement[]).map((statement) => statementAccess(statement, ctx, operation)) // as above
    // Each statement of a batch is denied by itself.
    case 'BatchExecuteStatement': return []
    case 'ListTables': return [{ action, resource: tableArn('*') }]
    case 'RestoreTableFromBackup':
    case 'RestoreTableToPointInTime': {
      const source = input.BackupArn ?? input.SourceTableArn ?? tableArn(input.SourceTableName ?? '*')
      const target = tableArn(input.TargetTableName ?? '*')
      return [{ action, resource: source }, { action, resource: target }, ...RESTORING.map((name) => ({ action: `dynamodb:${name}`, resource: target }))]
    }
    case 'ExportTableToPointInTime': {
      const objects = `arn:aws:s3:::${input.S3Bucket}/${input.S3Prefix === undefined ? '' : `${input.S3Prefix}/`}*`
      return [{ action, resource: input.TableArn ?? '*' }, ...['s3:AbortMultipartUpload', 's3:PutObject', 's3:PutObjectAcl'].map((one) => ({ action: one, resource: objects }))]
    }
    case 'ImportTable': {
      const { S3Bucket: bucket, S3KeyPrefix: prefix = '' } = input.S3BucketSource ?? {}
      return [
        { action, resource: tableArn(input.TableCreationParameters?.TableName ?? '*') },
        { action: 's3:GetObject', resource: `arn:aws:s3:::${bucket}/${prefix}*` },
        { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` },
      ]
    }
    default: return [{ action, resource: input.ResourceArn ?? input.BackupArn ?? input.ExportArn ?? input.ImportArn ?? input.TableArn ?? (input.TableName === undefined ? '*' : tableArn(input.TableName)) }]
  }
}

/** The part of a batch that is about one table, as one request. */
function batchOf (requests: NonNullable<Input['RequestItems']>[string], { ReturnConsumedCapacity }: Input): ItemRequest {
  if (!Array.isArray(requests)) return { ...requests, ReturnConsumedCapacity }
  return {
    Keys: requests.flatMap(({ DeleteRequest }) => DeleteRequest ? [DeleteRequest.Key] : []),
    Items: requests.flatMap(({ PutRequest }) => PutRequest ? [PutRequest.Item] : []),
    ReturnConsumedCapacity,
  }
}
