import { AwsError } from '../core/errors.ts'
import type { Batch, FaultyCall, ServiceFaults, Subject } from '../core/faults.ts'
import type { DynamodbContext } from './context.ts'
import {
  accessDenied, ON_DEMAND_EXCEEDED, onDemandThroughputExceeded, PROVISIONED_EXCEEDED, protocolErrors, provisionedThroughputExceeded,
  tooManyRequests, transactionCanceled
} from './errors.ts'
import type { BatchGetItemInput } from './operations/items/batch-get-item.ts'
import type { BatchWriteItemInput } from './operations/items/batch-write-item.ts'
import type { BatchExecuteStatementInput } from './operations/partiql/batch-execute-statement.ts'
import type { StatementRequest } from './operations/partiql/statement-request.ts'
import { statementSubject, type StatementSubject } from './operations/partiql/statement-subject.ts'
import type { TableRecord } from './tables/table-record.ts'

type Call = FaultyCall<DynamodbContext>

/** The kinds of operations on items. */
const KINDS: Readonly<Record<string, 'Read' | 'Write'>> = {
  GetItem: 'Read',
  BatchGetItem: 'Read',
  Query: 'Read',
  Scan: 'Read',
  TransactGetItems: 'Read',
  PutItem: 'Write',
  UpdateItem: 'Write',
  DeleteItem: 'Write',
  BatchWriteItem: 'Write',
  TransactWriteItems: 'Write',
}

/** How DynamoDB reports injected faults. */
export const faults: ServiceFaults<DynamodbContext> = {
  subjects (input, ctx) {
    const { TableName, ResourceArn, Key, Item, RequestItems, TransactItems, Statement, Statements, TransactStatements } = members(input)
    const statements = Statements ?? TransactStatements ?? (Statement === undefined ? undefined : [input])
    if (Array.isArray(statements)) return statements.map((request) => statementSubject(request as StatementRequest, ctx)) // it need not be one
    if (RequestItems !== undefined) return Object.entries(members(RequestItems)).flatMap(([name, requests]) => requestedOf(name, requests, ctx))
    if (Array.isArray(TransactItems)) {
      return TransactItems.flatMap((item) => Object.values(members(item))).map(members).flatMap((action) => subjectOf(action.TableName, action.Key ?? action.Item, ctx))
    }
    return subjectOf(TableName ?? ResourceArn, Key ?? Item, ctx)
  },
  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html
  throttled (call, struck) {
    const kind = KINDS[call.operation] ?? statementsOf(struck)[0]?.kind
    const tables = [...new Set(struck.map(({ resource }) => resource))].flatMap((name) => tableOf(name, call) ?? [])
    if (kind === undefined || tables.length === 0) return tooManyRequests()
    const reasons = tables.map((table) => ({
      reason: isOnDemand(table) ? `Table${kind}KeyRangeThroughputExceeded` : `Table${kind}ProvisionedThroughputExceeded`,
      resource: table.TableArn,
    }))
    call.ctx.notes.throttling = reasons
    if (call.operation.startsWith('Transact') || call.operation === 'ExecuteTransaction') return transactionCanceled(call.subjects.map((subject) => cancellationOf(subject, struck, call)))
    const [first] = tables
    return isOnDemand(first!) ? onDemandThroughputExceeded(reasons) : provisionedThroughputExceeded(reasons)
  },
  internal: () => protocolErrors.internal(),
  accessDenied ({ operation, subjects, ctx }) {
    const { account, region, accessKeyId } = ctx
    const action = `dynamodb:${operation}`
    const resource = `arn:aws:dynamodb:${region}:${account}:table/${subjects[0]?.resource ?? '*'}`
    return accessDenied(`User: arn:aws:iam::${account}:user/${accessKeyId} is not authorized to perform: ${action} on resource: ${resource} ` +
      `because no identity-based policy allows the ${action} action`)
  },
  named: ({ code, status = 400, message = '' }) => new AwsError(code, status, message),
  batches: {
    BatchGetItem: {
      without: (input, places) => ({ ...input, RequestItems: keysAt(input as BatchGetItemInput, (place) => !places.has(place)) }),
      withUnprocessed (output, input, places) {
        const { UnprocessedKeys } = output as { UnprocessedKeys: BatchGetItemInput['RequestItems'] }
        const throttled = asGiven(keysAt(input as BatchGetItemInput, (place) => places.has(place)))
        return { ...output, UnprocessedKeys: merge(UnprocessedKeys, throttled, (left, right) => ({ ...left, Keys: [...left.Keys, ...right.Keys] })) }
      },
    },
    BatchWriteItem: {
      without: (input, places) => ({ ...input, RequestItems: writesAt(input as BatchWriteItemInput, (place) => !places.has(place)) }),
      withUnprocessed (output, input, places) {
        const { UnprocessedItems } = output as { UnprocessedItems: BatchWriteItemInput['RequestItems'] }
        const throttled = writesAt(input as BatchWriteItemInput, (place) => places.has(place))
        return { ...output, UnprocessedItems: merge(UnprocessedItems, throttled, (left, right) => [...left, ...right]) }
      },
    },
    BatchExecuteStatement: {
      without: (input, places) => ({ ...input, Statements: (input as BatchExecuteStatementInput).Statements.filter((_, place) => !places.has(place)) }),
      withUnprocessed (output, input, places) {
        const { Responses } = output as { Responses: unknown[] }
        const throttled = { Error: { Code: 'ThrottlingError', Message: ON_DEMAND_EXCEEDED } }
        let next = 0
        return { ...output, Responses: (input as BatchExecuteStatementInput).Statements.map((_, place) => places.has(place) ? throttled : Responses[next++]) }
      },
    },
  } satisfies Record<string, Batch>, // the pipeline passes what the operation itself has validated and answered
}

function statementsOf (subjects: readonly Subject[]): StatementSubject[] {
  return subjects.filter((subject): subject is StatementSubject => 'kind' in subject)
}

/** The members of a value that should be an object. */
function members (value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {}
}

/** A batch's requests on one table, one subject each. */
function requestedOf (name: string, requests: unknown, ctx: DynamodbContext): Subject[] {
  const listed = Array.isArray(requests) ? requests : members(requests).Keys
  if (!Array.isArray(listed)) return subjectOf(name, undefined, ctx)
  return listed.flatMap((request: unknown) => {
    const { PutRequest, DeleteRequest } = members(request)
    return subjectOf(name, Array.isArray(requests) ? members(PutRequest).Item ?? members(DeleteRequest).Key : request, ctx)
  })
}

function subjectOf (named: unknown, given: unknown, ctx: DynamodbContext): Subject[] {
  if (typeof named !== 'string') return []
  const resource = tableName(named)
  if (given === undefined) return [{ resource }]
  const item = members(given)
  const table = ctx.store.tables.get(resource)
  return [{ resource, key: table ? Object.fromEntries(table.KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]])) : item }]
}

/** A table may be named by its ARN. */
const tableName = (named: string): string => /^arn:[^/]*:table\/([^/]+)/.exec(named)?.[1] ?? named

const tableOf = (name: string, { ctx }: Call): TableRecord | undefined => ctx.store.tables.get(name)

const isOnDemand = ({ BillingModeSummary }: TableRecord): boolean => BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST'

function cancellationOf (subject: Subject, struck: readonly Subject[], call: Call): { Code: string, Message?: string } {
  const table = struck.includes(subject) ? tableOf(subject.resource, call) : undefined
  if (!table) return { Code: 'None' }
  return isOnDemand(table)
    ? { Code: 'ThrottlingError', Message: ON_DEMAND_EXCEEDED }
    : { Code: 'ProvisionedThroughputExceeded', Message: PROVISIONED_EXCEEDED }
}

/** The members of a table's BatchGetItem request that are returned with its unprocessed keys. */
function keysAt ({ RequestItems }: BatchGetItemInput, isWanted: (place: number) => boolean): BatchGetItemInput['RequestItems'] {
  let place = 0
  return Object.fromEntries(Object.entries(RequestItems)
    .map(([name, request]) => [name, { ...request, Keys: request.Keys.filter(() => isWanted(place++)) }] as const)
    .filter(([, { Keys }]) => Keys.length > 0))
}

/** Validation has added its own notes to the requests. */
function asGiven (requests: BatchGetItemInput['RequestItems']): BatchGetItemInput['RequestItems'] {
  return Object.fromEntries(Object.entries(requests).map(([name, { Keys, ...rest }]) =>
    [name, { Keys, ...Object.fromEntries(Object.entries(rest).filter(([member]) => !member.startsWith('_'))) }]))
}

function writesAt ({ RequestItems }: BatchWriteItemInput, isWanted: (place: number) => boolean): BatchWriteItemInput['RequestItems'] {
  let place = 0
  return Object.fromEntries(Object.entries(RequestItems)
    .map(([name, requests]) => [name, requests.filter(() => isWanted(place++))] as const)
    .filter(([, requests]) => requests.length > 0))
}

function merge<T> (left: Readonly<Record<string, T>>, right: Readonly<Record<string, T>>, both: (left: T, right: T) => T): Record<string, T> {
  const merged = { ...left }
  for (const [name, value] of Object.entries(right)) merged[name] = merged[name] === undefined ? value : both(merged[name], value)
  return merged
}
