import type { KeyValue } from '../iam/evaluator/request.ts'
import type { DynamodbContext } from './context.ts'
import type { ParsedCondition } from './expressions/condition.ts'
import type { LegacyConditions } from './expressions/legacy-conditions.ts'
import type { Projection } from './expressions/projection.ts'
import type { ParsedUpdate, UpdateOperand } from './expressions/update.ts'
import type { AttributeValue, Item } from './values/item.ts'

/** What a request on items says that condition keys are made of: its members, and what validation has parsed of them. */
export interface ItemRequest {
  IndexName?: string
  Key?: Item
  Item?: Item
  /** Of a batch. */
  Keys?: Item[]
  Items?: Item[]
  KeyConditions?: LegacyConditions
  QueryFilter?: object
  ScanFilter?: object
  Expected?: object
  AttributeUpdates?: object
  AttributesToGet?: string[]
  Select?: string
  ReturnValues?: string
  ReturnConsumedCapacity?: string
  _condition?: ParsedCondition
  _keyCondition?: ParsedCondition
  _filter?: ParsedCondition
  _projection?: Projection
  _updates?: ParsedUpdate
}

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan'])
const WRITES_WITH_VALUES = new Set(['PutItem', 'UpdateItem', 'DeleteItem'])

/**
 * DynamoDB's condition keys of a request on items; each is computed when a policy asks for it.
 *
 * @param enclosing  the operation that the request is a part of
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function conditionKeys (operation: string, request: ItemRequest, table: string, ctx: DynamodbContext, enclosing?: string): (name: string) => KeyValue {
  return (name) => {
    switch (name) {
      case 'dynamodb:leadingkeys': return leadingKeys(operation, request, table, ctx)
      case 'dynamodb:attributes': return attributesOf(request)
      case 'dynamodb:select': return READS.has(operation) ? selectOf(request) : undefined
      case 'dynamodb:returnvalues': return WRITES_WITH_VALUES.has(operation) ? request.ReturnValues ?? 'NONE' : undefined
      case 'dynamodb:returnconsumedcapacity': return request.ReturnConsumedCapacity ?? 'NONE'
      case 'dynamodb:enclosingoperation': return enclosing
      default: return undefined
    }
  }
}

/** The values of the partition key that a request names; a Scan names none. Of an index it is the index's own key. */
function leadingKeys (operation: string, { Key, Item: item, Keys = [], Items = [], KeyConditions, IndexName }: ItemRequest, table: string, { store }: DynamodbContext): string[] | undefined {
  if (operation === 'Scan') return undefined
  const record = store.tables.get(table)
  const schema = IndexName === undefined
    ? record?.KeySchema
    : [...record?.GlobalSecondaryIndexes ?? [], ...record?.LocalSecondaryIndexes ?? []].find((index) => index.IndexName === IndexName)?.KeySchema
  const names = (schema ?? []).filter(({ KeyType }) => KeyType === 'HASH').map(({ AttributeName }) => AttributeName)
  if (operation === 'Query') return names.flatMap((name) => (KeyConditions?.[name]?.AttributeValueList ?? []).map(textOf))
  const items = [Key, item, ...Keys, ...Items].filter((one) => one !== undefined)
  return items.flatMap((one) => names.flatMap((name) => one[name] === undefined ? [] : [textOf(one[name])]))
}

/** A key's value as policies have it: text, a number as text, bytes in base64. */
const textOf = (value: AttributeValue): string => String(Object.values(value)[0])

/** The top-level attributes that a request names anywhere. */
function attributesOf (request: ItemRequest): string[] {
  const names = new Set<string>()
  const add = (more: Iterable<string>) => { for (const name of more) names.add(name) }
  for (const item of [request.Key, request.Item, ...request.Keys ?? [], ...request.Items ?? []]) add(Object.keys(item ?? {}))
  for (const legacy of [request.KeyConditions, request.QueryFilter, request.ScanFilter, request.Expected, request.AttributeUpdates]) add(Object.keys(legacy ?? {}))
  for (const condition of [request._condition, request._keyCondition, request._filter]) add(Object.keys(condition?.pathHeads ?? {}))
  for (const path of [...request._projection?.paths ?? [], ...request._updates?.paths ?? []]) add([String(path[0])])
  // An update may read an attribute that it does not change.
  for (const action of request._updates?.sections ?? []) if (action.type === 'set') add(headsIn(action.val))
  add((request.AttributesToGet ?? []).map((path) => path.split(/[.[]/)[0]!))
  return [...names]
}

/** The first names of the paths in an operand. */
function headsIn (operand: UpdateOperand): string[] {
  if (Array.isArray(operand)) return [String(operand[0])]
  return 'args' in operand && Array.isArray(operand.args) ? operand.args.flatMap(headsIn) : []
}

function selectOf ({ Select, _projection, AttributesToGet, IndexName }: ItemRequest): string {
  if (Select !== undefined) return Select
  if (_projection ?? AttributesToGet) return 'SPECIFIC_ATTRIBUTES'
  return IndexName === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES'
}
