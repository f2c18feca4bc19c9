import { validation } from '../errors.ts'
import { levelsOf } from '../values/check-value.ts'
import type { AttributeValue, Item } from '../values/item.ts'

/** A request as it was sent, with the types of its members checked and nothing else. */
interface WriteRequest {
  TableName?: string
  Key?: Item
  Item?: Item
  ReturnValues?: string
  ConditionalOperator?: string
  Expected?: Record<string, { Value?: AttributeValue, AttributeValueList?: AttributeValue[] }>
  ExpressionAttributeValues?: Item
  AttributeUpdates?: Record<string, { Value?: AttributeValue }>
}

const RETURN_VALUES = ['ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW', 'NONE']
const OPERATORS = ['AND', 'OR']

/** Of an operator that does not exist, in the words of autumn 2026; Scan has kept the older ones. */
const WRONG_OPERATOR = 'Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]'

/**
 * More lists and maps in one another than AWS's newer checks read. Beyond, the three writes are refused in the older words,
 * by the shapes. Source: paritysuite/dynamodb-conformance (eu-west-2 and us-east-1, October 2026).
 */
const NEWER_LEVELS = 63

/**
 * Errors that us-east-1 reports alone since autumn 2026, the second with its own spelling of UPDATED_NEW, the third with one
 * of AND. Without a key, and with values that are nested very deep, they are reported in the older words.
 *
 * @throws ValidationException
 */
export function checkWriteEnums (input: WriteRequest): void {
  const { TableName, ReturnValues, ConditionalOperator, Key, Item } = input
  const wrongReturnValues = ReturnValues !== undefined && !RETURN_VALUES.includes(ReturnValues)
  const wrongOperator = ConditionalOperator !== undefined && !OPERATORS.includes(ConditionalOperator)
  if (TableName !== '' && !wrongReturnValues && !wrongOperator) return
  if (!(Key ?? Item) || isVeryDeep(input)) return
  if (TableName === '') {
    throw validation("1 validation error detected: Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1")
  }
  if (wrongReturnValues) {
    throw validation('1 validation error detected: Failed to satisfy constraint: ' +
      'Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]')
  }
  throw validation(`1 validation error detected: ${WRONG_OPERATOR}`)
}

/** @throws ValidationException if a Query's operator does not exist; AWS reports it alone */
export function checkQueryEnums ({ ConditionalOperator }: Pick<WriteRequest, 'ConditionalOperator'>): void {
  if (ConditionalOperator !== undefined && !OPERATORS.includes(ConditionalOperator)) throw validation(WRONG_OPERATOR)
}

/** Whether a value of the request is nested deeper than AWS's newer checks read. */
export function isVeryDeep ({ Key = {}, Item = {}, Expected = {}, ExpressionAttributeValues = {}, AttributeUpdates = {} }: WriteRequest): boolean {
  const values = [
    ...Object.values(Expected).flatMap(({ Value, AttributeValueList = [] }) => Value ? [Value, ...AttributeValueList] : AttributeValueList),
    ...Object.values(AttributeUpdates).flatMap(({ Value }) => Value ? [Value] : []),
  ]
  return [Key, Item, ExpressionAttributeValues, values].some((members) => levelsOf(members) > NEWER_LEVELS)
}
