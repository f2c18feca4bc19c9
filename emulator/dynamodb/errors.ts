import type { CredentialProblem } from '../core/credentials.ts'
import { AwsError } from '../core/errors.ts'
import type { AwsJsonErrors } from '../core/protocol/aws-json.ts'
import type { Item } from './values/item.ts'

const SERVICE = 'com.amazonaws.dynamodb.v20120810'
const CORAL = 'com.amazon.coral.service'
const VALIDATE = 'com.amazon.coral.validate'

/** The namespace that AWS puts before an error's code; all other codes have the service's own. */
const NAMESPACES: Record<string, string> = {
  ValidationException: VALIDATE,
  SerializationException: CORAL,
  UnknownOperationException: CORAL,
  MissingAuthenticationTokenException: CORAL,
  IncompleteSignatureException: CORAL,
  InvalidSignatureException: CORAL,
  UnrecognizedClientException: CORAL,
  ExpiredTokenException: CORAL,
  AccessDeniedException: CORAL,
  InternalFailure: CORAL,
}

/** Errors whose message has a capital letter in the body. */
const CAPITAL_MESSAGE = new Set(['SerializationException', 'TransactionCanceledException', 'AccessDeniedException'])

export const validation = (message: string): AwsError => new AwsError('ValidationException', 400, message)

export const resourceNotFound = (message = 'Requested resource not found'): AwsError =>
  new AwsError('ResourceNotFoundException', 400, message)

export const tableNotFound = (table: string): AwsError => resourceNotFound(`Requested resource not found: Table: ${table} not found`)

/** AWS does not publish the whole message. */
export const transactionTooLarge = (bytes: number): AwsError => validation(`The aggregate size of the items in the transaction cannot exceed ${bytes} bytes`)

export const resourceInUse = (message: string): AwsError => new AwsError('ResourceInUseException', 400, message)

/** @param reason  what is in progress on the resource */
export const stillInUse = (reason: string): AwsError => resourceInUse(`Attempt to change a resource which is still in use: ${reason}`)

export const indexNotFound = (index: string, table: string): AwsError => resourceNotFound(`Requested resource not found: Index ${index} for table ${table}`)

export const tableAlreadyExists = (table: string): AwsError => resourceInUse(`Table already exists: ${table}`)

export const accessDenied = (message: string): AwsError => new AwsError('AccessDeniedException', 400, message)

/** Access to another account's resource: there are no resource policies. */
export const notAuthorized = ({ account, action, resource }: { account: string, action: string, resource: string }): AwsError => accessDenied(
  `User: arn:aws:iam::${account}:user/sandtable is not authorized to perform: dynamodb:${action} on resource: ${resource} ` +
  `because no resource-based policy allows the dynamodb:${action} action`)

/** Used by operations on backups, whose error for a missing table differs from the others'. */
export const backupTableNotFound = (table: string): AwsError => new AwsError('TableNotFoundException', 400, `Table not found: ${table}`)

export const targetTableExists = (table: string): AwsError => new AwsError('TableAlreadyExistsException', 400, `Table already exists: ${table}`)

export const backupNotFound = (arn: string): AwsError => new AwsError('BackupNotFoundException', 400, `Backup not found: ${arn}`)

export const backupInUse = (reason: string): AwsError => new AwsError('BackupInUseException', 400, reason)

export const invalidRestoreTime = (message: string): AwsError => new AwsError('InvalidRestoreTimeException', 400, message)

export const recoveryUnavailable = (table: string): AwsError =>
  new AwsError('PointInTimeRecoveryUnavailableException', 400, `Point in time recovery is not enabled for table '${table}'`)

export const exportNotFound = (arn: string): AwsError => new AwsError('ExportNotFoundException', 400, `Export not found: ${arn}`)

/** @param token  used before, with another request */
export const exportConflict = (token: string): AwsError =>
  new AwsError('ExportConflictException', 400, `An export with the client token ${token} and other parameters exists`)

export const invalidExportTime = (message: string): AwsError => new AwsError('InvalidExportTimeException', 400, message)

export const importNotFound = (arn: string): AwsError => new AwsError('ImportNotFoundException', 400, `Import not found: ${arn}`)

/** @param token  used before, with another request */
export const importConflict = (token: string): AwsError =>
  new AwsError('ImportConflictException', 400, `An import with the client token ${token} and other parameters exists`)

/** Also where the policy that is there is not the one that was expected. */
export const policyNotFound = (arn: string): AwsError => new AwsError('PolicyNotFoundException', 400, `Resource-based policy not found for the provided ResourceArn: ${arn}`)

export const globalTableNotFound = (name: string): AwsError =>
  new AwsError('GlobalTableNotFoundException', 400, `Global table not found: Global table with name: '${name}' does not exist.`)

export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceededException', 400, message)

/** @param item  the item that failed the condition, if `ReturnValuesOnConditionCheckFailure` requests it */
export const conditionalCheckFailed = (item?: Item): AwsError =>
  new AwsError('ConditionalCheckFailedException', 400, 'The conditional request failed', item && { Item: item })

/** To an INSERT of an item whose key another has. */
export const duplicateItem = (): AwsError => new AwsError('DuplicateItemException', 400, 'Duplicate primary key exists in table')

/** Why one action cancelled a transaction; `None` for an action without an error. */
export interface CancellationReason { Code: string, Message?: string, Item?: Item }

/** Reasons in the order of the request's actions, as AWS lists them in text and in data. */
export const transactionCanceled = (reasons: CancellationReason[]): AwsError => new AwsError(
  'TransactionCanceledException', 400,
  `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
  { CancellationReasons: reasons })

export const idempotentParameterMismatch = (): AwsError => new AwsError(
  'IdempotentParameterMismatchException', 400,
  'The request uses the same client token as a previous, but non-identical request')

/** Why a call was throttled, and the ARN of the throttled resource. */
export interface ThrottlingReason { reason: string, resource: string }

/** AWS's message for a table with provisioned throughput; in a transaction, the message of an action. */
export const PROVISIONED_EXCEEDED = 'The level of configured provisioned throughput for the table was exceeded. ' +
  'Consider increasing your provisioning level with the UpdateTable API.'

/** Of a global index with provisioned throughput; a write to its table is refused then. */
export const INDEX_PROVISIONED_EXCEEDED = 'The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. ' +
  'Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API'

/** AWS's message for an on-demand table. */
export const ON_DEMAND_EXCEEDED = 'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or ' +
  'index so please try again shortly. If exceptions persist, check if you have a hot key: ' +
  'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html'

/** Of a global index on demand. */
export const INDEX_ON_DEMAND_EXCEEDED = 'Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is automatically scaling ' +
  'your index so please try again shortly.'

/** Of a table or index on demand with `OnDemandThroughput`. */
export const MAX_ON_DEMAND_EXCEEDED = 'Throughput exceeds the maximum OnDemandThroughput configured on table or index'

export const provisionedThroughputExceeded = (reasons: ThrottlingReason[], message = PROVISIONED_EXCEEDED): AwsError =>
  new AwsError('ProvisionedThroughputExceededException', 400, message, { ThrottlingReasons: reasons })

/** For an on-demand table. AWS writes the member's name in lower case here. */
export const onDemandThroughputExceeded = (reasons: ThrottlingReason[], message = ON_DEMAND_EXCEEDED): AwsError =>
  new AwsError('ThrottlingException', 400, message, { throttlingReasons: reasons })

/** Of a table on demand that uses more than the account's quota for a table. */
export const accountThroughputExceeded = (reasons: ThrottlingReason[]): AwsError => new AwsError(
  'RequestLimitExceeded', 400,
  'Throughput exceeds the current throughput limit for your account. Please contact AWS Support at https://aws.amazon.com/support request a limit increase',
  { ThrottlingReasons: reasons })

/** For operations on tables rather than on items. */
export const tooManyRequests = (): AwsError => new AwsError('ThrottlingException', 400, 'Rate of requests exceeds the allowed throughput.')

/** A member that DynamoDB honours and this emulator does not. */
export const notSupported = (member: string): AwsError =>
  validation(`One or more parameter values were invalid: ${member} is not supported by this emulator`)

/** Errors of the protocol itself, and the body of every error. */
export const protocolErrors: AwsJsonErrors = {
  unknownOperation: () => new AwsError('UnknownOperationException', 400, ''),
  serialization: () => new AwsError('SerializationException', 400, ''),
  credentials: ({ code, message }: CredentialProblem) => new AwsError(code, 400, message),
  bodyTooLarge: () => new AwsError('RequestEntityTooLarge', 413, ''),
  internal: () => new AwsError('InternalServerError', 500, 'The request processing has failed because of an unknown error, exception or failure.'),
  body ({ code, message, details }) {
    const body: Record<string, unknown> = { __type: `${NAMESPACES[code] ?? SERVICE}#${code}` }
    if (message) body[CAPITAL_MESSAGE.has(code) ? 'Message' : 'message'] = message
    return { ...body, ...details }
  },
}
