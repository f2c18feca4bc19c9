import { validation } from '../errors.ts'
import { tableOfArn } from '../tables/table-arn.ts'

/** Whose tables a call may name by ARN, and which operation it calls. */
interface NamedBy { readonly account: string, readonly region: string, readonly action: () => string }

/** The ARNs by which a batch named its tables, by table name: its answer has them again. */
export interface NamedByArn { _arns?: ReadonlyMap<string, string> }

type Members = Record<string, unknown>

/**
 * An input with the names of tables where it has their ARNs: alone, in a batch, and in the actions of a transaction. Its shape
 * need not be checked yet.
 * @throws ValidationException, AccessDeniedException for an ARN of no table here
 */
export function withTableNames (input: Members, by: NamedBy): { input: Members, arns?: ReadonlyMap<string, string> } {
  const { TableName, RequestItems, TransactItems } = input
  if (isArn(TableName)) return { input: { ...input, TableName: tableOfArn(TableName, by, by.action()) } }
  if (isObject(RequestItems) && Object.keys(RequestItems).some(isArn)) return inBatch(input, RequestItems, by)
  if (Array.isArray(TransactItems) && TransactItems.some(namesByArn)) return { input: { ...input, TransactItems: TransactItems.map((item) => inActions(item, by)) } }
  return { input }
}

function inBatch (input: Members, requests: Members, by: NamedBy): { input: Members, arns: ReadonlyMap<string, string> } {
  const arns = new Map<string, string>()
  const RequestItems: Members = {}
  for (const [given, request] of Object.entries(requests)) {
    const name = isArn(given) ? tableOfArn(given, by, by.action()) : given
    if (name in RequestItems) throw validation('Provided list of item keys contains duplicates') // AWS's words for a table that is named twice are not published
    if (name !== given) arns.set(name, given)
    RequestItems[name] = request
  }
  return { input: { ...input, RequestItems }, arns }
}

function inActions (item: unknown, by: NamedBy): unknown {
  if (!isObject(item)) return item
  return Object.fromEntries(Object.entries(item).map(([name, action]) =>
    [name, isObject(action) && isArn(action.TableName) ? { ...action, TableName: tableOfArn(action.TableName, by, by.action()) } : action]))
}

function namesByArn (item: unknown): boolean {
  return isObject(item) && Object.values(item).some((action) => isObject(action) && isArn(action.TableName))
}

/** The same map with the ARNs by which its tables were named. */
export function asNamed<T> (byTable: Record<string, T>, { _arns }: NamedByArn): Record<string, T> {
  return _arns ? Object.fromEntries(Object.entries(byTable).map(([name, value]) => [_arns.get(name) ?? name, value])) : byTable
}

function isArn (name: unknown): name is string {
  return typeof name === 'string' && name.startsWith('arn:')
}

function isObject (value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
