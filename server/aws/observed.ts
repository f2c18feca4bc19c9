import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb'
import type { AwsClients } from './clients.ts'

/** One completed call to AWS. */
export interface AwsCall {
  service: 'dynamodb' | 'rekognition' | 's3'
  /** AWS's name, such as `GetItem`. */
  operation: string
  /** The tables of the call, separated by commas; empty for a call that has none. */
  table: string
  /** `ok`, or the error's name. */
  result: string
  /** What it used, where that was asked for; retries are not in it. */
  readUnits?: number
  writeUnits?: number
}

/** Operations that tell what they have used when they are asked; the writes among them. */
const METERED = new Map([
  ['GetItem', 'readUnits'], ['BatchGetItem', 'readUnits'], ['TransactGetItems', 'readUnits'], ['Query', 'readUnits'], ['Scan', 'readUnits'],
  ['PutItem', 'writeUnits'], ['UpdateItem', 'writeUnits'], ['DeleteItem', 'writeUnits'], ['BatchWriteItem', 'writeUnits'], ['TransactWriteItems', 'writeUnits'],
] as const)

type MeteredOperation = Parameters<typeof METERED.get>[0]

/** Called when a call has ended, with the error if it failed. */
export type OnCall = (call: AwsCall, error?: unknown) => void

/** The members of any SDK client and command that are used here. */
interface Sender { send: (command: Command, ...rest: unknown[]) => unknown }
interface Command { input: Record<string, unknown>, constructor: { name: string } }

/** Commands of the document client whose names differ from their operations'. */
const OPERATIONS: Readonly<Record<string, string>> = {
  GetCommand: 'GetItem',
  PutCommand: 'PutItem',
  UpdateCommand: 'UpdateItem',
  DeleteCommand: 'DeleteItem',
  BatchGetCommand: 'BatchGetItem',
  BatchWriteCommand: 'BatchWriteItem',
  TransactGetCommand: 'TransactGetItems',
  TransactWriteCommand: 'TransactWriteItems',
}

/**
 * The same clients, with every call reported when it ends. The given clients do not change, and so can be shared.
 * It wraps `send` rather than adding SDK middleware, so that it works with every kind of client, costs little, and counts
 * a call once, however often it was retried.
 *
 * @param options.metered  calls of DynamoDB ask for their consumed capacity
 */
export function observeAws (aws: AwsClients, onCall: OnCall, { metered = false } = {}): AwsClients {
  return {
    dynamodb: observe(aws.dynamodb, 'dynamodb', onCall),
    documents: observe(aws.documents, 'dynamodb', onCall, metered),
    rekognition: observe(aws.rekognition, 'rekognition', onCall),
    s3: observe(aws.s3, 's3', onCall),
    destroy: () => aws.destroy(),
  }
}

function observe<T extends object> (client: T, service: AwsCall['service'], onCall: OnCall, metered = false): T {
  const sender = client as unknown as Sender // every SDK client is one; its own overloads are too many to name
  const send: Sender['send'] = (command, ...rest) => {
    const operation = operationOf(command)
    const unit = metered ? METERED.get(operation as MeteredOperation) : undefined // of any name
    if (unit) command.input.ReturnConsumedCapacity ??= 'TOTAL'
    const report = (result: string, error?: unknown, units?: object) => onCall({ service, operation, table: tablesOf(command.input), result, ...units }, error)
    const answer = sender.send(command, ...rest)
    // A side branch: the caller's promise does not wait for it.
    if (answer instanceof Promise) answer.then((output: unknown) => report('ok', undefined, unit && unitsOf(output, unit)), (error: unknown) => report(error instanceof Error ? error.name : 'unknown', error))
    return answer
  }
  return Object.create(client, { send: { value: send } }) as T // it inherits all but `send`
}

function operationOf (command: Command): string {
  const { name } = command.constructor
  return OPERATIONS[name] ?? name.slice(0, -'Command'.length)
}

function tablesOf ({ TableName, TransactItems, RequestItems }: Record<string, unknown>): string {
  if (typeof TableName === 'string') return TableName
  const names = Array.isArray(TransactItems)
    ? TransactItems.flatMap((item: object) => Object.values(item).map((action: { TableName?: string }) => action.TableName))
    : Object.keys(RequestItems ?? {})
  return [...new Set(names)].sort().join(',')
}

function unitsOf (output: unknown, unit: 'readUnits' | 'writeUnits'): Partial<AwsCall> {
  const { ConsumedCapacity: used = [] } = output as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] } // as DynamoDB answers
  // A transaction that was sent again with its token is answered by reads.
  return [used].flat().reduce<{ readUnits: number, writeUnits: number }>((sum, { CapacityUnits = 0, ReadCapacityUnits, WriteCapacityUnits }) => {
    const isTold = ReadCapacityUnits !== undefined || WriteCapacityUnits !== undefined
    return {
      readUnits: sum.readUnits + (isTold ? ReadCapacityUnits ?? 0 : unit === 'readUnits' ? CapacityUnits : 0),
      writeUnits: sum.writeUnits + (isTold ? WriteCapacityUnits ?? 0 : unit === 'writeUnits' ? CapacityUnits : 0),
    }
  }, { readUnits: 0, writeUnits: 0 })
}
