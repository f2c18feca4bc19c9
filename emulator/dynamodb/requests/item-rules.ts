import { EMPTY_NAME, faultOf, levelsOf, namesFault, TOO_DEEP, type ValueRules } from '../values/check-value.ts'
import { typeOf } from '../values/compare-values.ts'
import { keyConditionsOf } from '../expressions/key-condition.ts'
import { parseExpressions, type Expressions, type RequestLimits } from '../expressions/parse-request.ts'
import { validation } from '../errors.ts'
import type { AttributeValue, Item } from '../values/item.ts'
import { itemSize } from '../values/item-size.ts'
import { conditionalOperatorFault, legacyFault, type LegacyConditions } from '../expressions/legacy-conditions.ts'
import type { Limits } from '../limits.ts'
import { requestItemsFault, type RequestItems } from './request-items.ts'
import type { AttributeUpdate } from '../expressions/apply-update.ts'

/**
 * The rules across members of a request on items, in the order in which AWS checks them. Errors are reported
 * before any table is looked up.
 */

type Fault = string | undefined
type Rules = Limits & ValueRules & RequestLimits
type Checks<T> = (input: T, rules: Rules) => Fault

interface ReadRequest extends Expressions { Key: Item, AttributesToGet?: string[] }
interface WriteRequest extends Expressions { Expected?: LegacyConditions, ConditionalOperator?: string, ReturnValues?: string }
export interface PutRequest extends WriteRequest { Item: Item }
export interface KeyedWrite extends WriteRequest { Key: Item, AttributeUpdates?: Record<string, AttributeUpdate> }

/** For Query and Scan. */
interface PageRequest extends Expressions {
  IndexName?: string
  Select?: string
  AttributesToGet?: string[]
  ConditionalOperator?: string
  ExclusiveStartKey?: Item
  QueryFilter?: LegacyConditions
  ScanFilter?: LegacyConditions
  KeyConditions?: LegacyConditions
  Limit?: number
  Segment?: number
  TotalSegments?: number
}

export interface BatchGetRequest { RequestItems: Record<string, Omit<ReadRequest, 'Key'> & { Keys: Item[] }> }
export interface BatchWriteRequest { RequestItems: RequestItems }

const getFault: Checks<ReadRequest> = (input, rules) =>
  mixingFault(input, ['ProjectionExpression'], ['AttributesToGet'], rules) ??
  valuesFault(input.Key, rules) ??
  attributesToGetFault(input.AttributesToGet) ??
  parseExpressions(input, rules)

const putFault: Checks<PutRequest> = (input, rules) =>
  mixingFault(input, ['ConditionExpression'], ['Expected'], { namesThem: false, ...rules }) ??
  valuesFault(input.Item, rules) ??
  returnValuesFault(input) ??
  itemSizeFault(input.Item, rules) ??
  writeFault(input, rules)

const deleteFault: Checks<KeyedWrite> = (input, rules) =>
  mixingFault(input, ['ConditionExpression'], ['Expected'], { namesThem: false, ...rules }) ??
  valuesFault(input.Key, rules) ??
  returnValuesFault(input) ??
  writeFault(input, rules)

const updateFault: Checks<KeyedWrite> = (input, rules) =>
  mixingFault(input, ['UpdateExpression', 'ConditionExpression'], ['AttributeUpdates', 'Expected']) ??
  valuesFault(input.Key, rules) ??
  attributeUpdatesFault(input.AttributeUpdates, rules) ??
  writeFault(input, rules)

const queryFault: Checks<PageRequest> = (input, rules) =>
  (input.Limit !== undefined && input.Limit < 1
    ? '1 validation error detected: Value at \'Limit\' failed to satisfy constraint: Member must have value greater than or equal to 1'
    : undefined) ??
  mixingFault(input, ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'], legacyOfQuery(input)) ??
  selectFault(input) ??
  legacyFault(input.QueryFilter ?? {}, rules) ??
  conditionalOperatorFault(input.ConditionalOperator, input.QueryFilter) ??
  attributesToGetFault(input.AttributesToGet) ??
  startKeyFault(input, rules) ??
  (input.KeyConditions || input.KeyConditionExpression !== undefined
    ? undefined
    : 'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.') ??
  parseExpressions(input, rules) ??
  keyConditionFault(input, rules)

const scanFault: Checks<PageRequest> = (input, rules) =>
  mixingFault(input, ['ProjectionExpression', 'FilterExpression'], ['AttributesToGet', 'ScanFilter', 'ConditionalOperator']) ??
  selectFault(input) ??
  attributesToGetFault(input.AttributesToGet) ??
  legacyFault(input.ScanFilter ?? {}, rules) ??
  conditionalOperatorFault(input.ConditionalOperator, input.ScanFilter) ??
  startKeyFault(input, rules) ??
  segmentFault(input) ??
  parseExpressions(input, rules)

const batchGetFault: Checks<BatchGetRequest> = ({ RequestItems }, rules) => {
  if (Object.keys(RequestItems).length === 0) return lengthFault('RequestItems', 'greater than or equal to 1')
  for (const [table, { Keys }] of Object.entries(RequestItems)) {
    const keys = `RequestItems.${table}.member.Keys`
    if (Keys.length > rules.batchGetItems) return lengthFault(keys, `less than or equal to ${rules.batchGetItems}`)
    if (Keys.length === 0) return lengthFault(keys, 'greater than or equal to 1')
  }
  const requests = Object.values(RequestItems)
  const all = Object.assign({}, ...requests) as Expressions
  let keys = 0
  for (const request of requests) {
    const fault = mixingFault(request, ['ProjectionExpression'], ['AttributesToGet']) ??
      mixingFault({ ...all, ...request, ExpressionAttributeNames: undefined }, ['ProjectionExpression'], ['AttributesToGet']) ??
      attributesToGetFault(request.AttributesToGet) ??
      parseExpressions(request, rules) ??
      request.Keys.map((key) => valuesFault(key, rules)).find((fault) => fault !== undefined)
    if (fault !== undefined) return fault
    if (new Set(request.Keys.map(keyText)).size < request.Keys.length) return 'Provided list of item keys contains duplicates'
    keys += request.Keys.length
    if (keys > rules.batchGetItems) return 'Too many items requested for the BatchGetItem call'
  }
  return undefined
}

const batchWriteFault: Checks<BatchWriteRequest> = ({ RequestItems }, rules) => {
  const fault = requestItemsFault(RequestItems, rules.batchWriteItems)
  if (fault !== undefined) return fault
  const requests = Object.values(RequestItems).flat()
  for (const { PutRequest, DeleteRequest } of requests) {
    if (!PutRequest === !DeleteRequest) {
      return 'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'
    }
    const fault = valuesFault(PutRequest?.Item ?? DeleteRequest!.Key, rules) ?? (PutRequest && itemSizeFault(PutRequest.Item, rules))
    if (fault !== undefined) return fault
  }
  return requests.length > rules.batchWriteItems ? 'Too many items requested for the BatchWriteItem call' : undefined
}

export const getItemRules = refusing(getFault)
export const putItemRules = refusing(putFault)
export const deleteItemRules = refusing(deleteFault)
export const updateItemRules = refusing(updateFault)
export const queryRules = refusing(queryFault)
export const scanRules = refusing(scanFault, true)
export const batchGetItemRules = refusing(batchGetFault)
export const batchWriteItemRules = refusing(batchWriteFault, true)
/** The rules of an action in a transaction. */
export const transactedRules = {
  get: refusing(transacted(getFault)),
  putItem: refusing(transacted(putFault)),
  deleteItem: refusing(transacted(deleteFault)),
  updateItem: refusing(transacted(updateFault, true)),
}

/** Deep enough for any value whose depth is refused later, and too shallow to exhaust the stack. */
const ANY_LEVELS = 1_000

/**
 * The rules of an action in a transaction. Names and values that are declared without any expression are not checked, and
 * the depth of an item or a key is checked after its expressions. The depth of an update's values is an error of the action
 * itself, which its plan reports.
 */
function transacted<T extends Partial<ReadRequest & PutRequest>> (find: Checks<T>, valuesLater = false): Checks<T> {
  return (input, rules) => {
    const fault = find(input, {
      ...rules, olderWords: true, transacted: true, itemLevels: ANY_LEVELS, ...(valuesLater && { valueLevels: ANY_LEVELS }),
    })
    if (fault !== undefined && fault !== EMPTY_NAME) return fault
    return levelsOf(input.Item ?? input.Key ?? {}) > rules.nestingLevels ? TOO_DEEP : fault
  }
}

/** @throws ValidationException for the first error */
function refusing<T> (find: Checks<T>, olderWords = false): (input: T, ctx: { limits: Limits }) => void {
  return (input, { limits }) => {
    const fault = find(input, olderWords ? { ...limits, olderWords } : limits)
    if (fault !== undefined) throw validation(fault)
  }
}

/** AWS's newer message, which no longer repeats the value. */
function lengthFault (member: string, bound: string): string {
  return `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length ${bound}`
}

/** Legacy and expression parameters in one request, and placeholders without an expression. */
function mixingFault (
  input: Expressions, expressions: string[], legacy: string[], { namesThem = true, transacted = false }: { namesThem?: boolean, transacted?: boolean } = {}
): Fault {
  const given = (names: string[]) => names.filter((name) => (input as Record<string, unknown>)[name] != null) // only used for lookups
  const used = given(expressions)
  const old = used.length > 0 ? given(legacy) : []
  if (old.length > 0) {
    return 'Can not use both expression and non-expression parameters in the same request: ' +
      `Non-expression parameters: {${old.join(', ')}} Expression parameters: {${used.join(', ')}}`
  }
  if (transacted) return undefined
  if (input.ExpressionAttributeNames && used.length === 0) return 'ExpressionAttributeNames can only be specified when using expressions'
  const withValues = expressions.filter((name) => name !== 'ProjectionExpression')
  if (input.ExpressionAttributeValues && withValues.length > 0 && given(withValues).length === 0) {
    const missing = namesThem ? `: ${withValues.map((name) => `${name} is null`).join(' and ')}` : ''
    return `ExpressionAttributeValues can only be specified when using expressions${missing}`
  }
  return undefined
}

/** `KeyConditions` may be combined with expressions, unless these are for keys as well. */
function legacyOfQuery ({ KeyConditionExpression }: PageRequest): string[] {
  return ['AttributesToGet', 'QueryFilter', 'ConditionalOperator', ...(KeyConditionExpression === undefined ? [] : ['KeyConditions'])]
}

function valuesFault (values: Item, rules: Rules): Fault {
  const names = Object.keys(values)
  const fault = namesFault(names)
  if (fault !== undefined) return fault
  for (const name of names) {
    const fault = faultOf(values[name] ?? {}, rules, rules.itemLevels)
    if (fault !== undefined) return fault
  }
  return undefined
}

function itemSizeFault (item: Item, { itemBytes }: Limits): Fault {
  return itemSize(item) > itemBytes ? 'Item size has exceeded the maximum allowed size' : undefined
}

function returnValuesFault ({ ReturnValues }: WriteRequest): Fault {
  return ReturnValues && ReturnValues !== 'ALL_OLD' && ReturnValues !== 'NONE' ? 'ReturnValues can only be ALL_OLD or NONE' : undefined
}

function writeFault (input: WriteRequest, rules: Rules): Fault {
  return legacyFault(input.Expected ?? {}, rules, true) ??
    conditionalOperatorFault(input.ConditionalOperator, input.Expected) ??
    parseExpressions(input, rules)
}

function attributeUpdatesFault (updates: Record<string, AttributeUpdate> = {}, rules: Rules): Fault {
  const fault = namesFault(Object.keys(updates))
  if (fault !== undefined) return fault
  for (const { Action, Value } of Object.values(updates)) {
    const fault = (Value && faultOf(Value, rules)) ?? attributeUpdateFault(Action, Value)
    if (fault !== undefined) return fault
  }
  return undefined
}

function attributeUpdateFault (action: string | undefined, value: AttributeValue | undefined): Fault {
  if (!value) {
    return action === 'DELETE' ? undefined : 'One or more parameter values were invalid: Only DELETE action is allowed when no attribute value is specified'
  }
  const type = typeOf(value)!
  if (action === 'DELETE' && !['SS', 'NS', 'BS'].includes(type)) {
    return `One or more parameter values were invalid: DELETE action with value is not supported for the type ${type}`
  }
  if (action === 'ADD' && !['SS', 'NS', 'BS', 'N', 'L'].includes(type)) {
    return `One or more parameter values were invalid: ADD action is not supported for the type ${type}`
  }
  return undefined
}

function attributesToGetFault (names: string[] = []): Fault {
  const fault = namesFault(names)
  if (fault !== undefined) return fault
  const twice = names.find((name, index) => names.indexOf(name) < index)
  return twice === undefined ? undefined : `One or more parameter values were invalid: Duplicate value in attribute name: ${twice}`
}

/** AWS's name for each kind of `Select`, in the error for a projection beside it. */
const SELECTED: Record<string, string> = {
  COUNT: 'only the Count', ALL_ATTRIBUTES: 'ALL_ATTRIBUTES', ALL_PROJECTED_ATTRIBUTES: 'ALL_PROJECTED_ATTRIBUTES',
}

function selectFault ({ Select, IndexName, AttributesToGet, ProjectionExpression }: PageRequest): Fault {
  const projection = AttributesToGet ? 'AttributesToGet' : ProjectionExpression === undefined ? undefined : 'ProjectionExpression'
  if (Select === undefined) return undefined
  if (Select === 'SPECIFIC_ATTRIBUTES') {
    return projection ? undefined : 'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES'
  }
  if (projection) return `Cannot specify the ${projection} when choosing to get ${SELECTED[Select]}`
  if (Select === 'ALL_PROJECTED_ATTRIBUTES' && IndexName === undefined) return 'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName'
  return undefined
}

/** Errors that AWS reports without naming the starting key. */
const BARE = /contains duplicates|number set|numeric value|significant digits|number with magnitude/

function startKeyFault ({ ExclusiveStartKey }: PageRequest, rules: Rules): Fault {
  const fault = ExclusiveStartKey && valuesFault(ExclusiveStartKey, rules)
  if (fault === undefined) return undefined
  return BARE.test(fault) ? fault : `The provided starting key is invalid: ${fault}`
}

function segmentFault ({ Segment, TotalSegments }: PageRequest): Fault {
  if (Segment !== undefined && TotalSegments === undefined) {
    return 'The TotalSegments parameter is required but was not present in the request when Segment parameter is present'
  }
  if (TotalSegments === undefined) return undefined
  if (Segment === undefined) return 'The Segment parameter is required but was not present in the request when parameter TotalSegments is present'
  if (Segment >= TotalSegments) {
    return 'The Segment parameter is zero-based and must be less than parameter TotalSegments: ' +
      `Segment: ${Segment} is not less than TotalSegments: ${TotalSegments}`
  }
  return undefined
}

/** Converts a key condition's expression to the legacy form, which is the one that is executed. */
function keyConditionFault (input: PageRequest, rules: Rules): Fault {
  if (input._keyCondition) {
    const conditions = keyConditionsOf(input._keyCondition.expression)
    if (typeof conditions === 'string') return conditions
    input.KeyConditions = conditions
  }
  const fault = legacyFault(input.KeyConditions!, rules) // the check before ensures it
  if (fault !== undefined) return fault
  // Their maximum number depends on the index, whose key may have several attributes.
  return Object.keys(input.KeyConditions!).length === 0 ? 'Conditions can be of length 1 or 2 only' : undefined
}

/** The same text for the same key, in any order of its attributes. */
function keyText (key: Item): string {
  return JSON.stringify(Object.entries(key).sort(([one], [other]) => one < other ? -1 : 1))
}
