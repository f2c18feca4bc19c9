import { createRequire } from 'node:module'
import { AwsError } from '../../core/errors.ts'
import { TOO_DEEP } from '../values/check-value.ts'
import { validation } from '../errors.ts'
import type { AttributeValue } from '../values/item.ts'
import { refusingNulls, type Shapes } from './shapes.ts'

/*
 * The one import of dynalite 4.0.0: the shapes of its requests, the check of a request against a shape, and its encoding
 * of key attributes. It ships no types, so this file states them. Its server, its store and its operations are not used.
 */

/** An error as dynalite creates it. */
interface DynaliteError extends Error { statusCode: number, body: { __type: string, message?: string, Message?: string } }

const require = createRequire(import.meta.url)
// The casts state what version 4.0.0 exports.
const { checkTypes, checkValidations } = require('dynalite/validations') as {
  checkTypes: (input: object, types: Shapes) => object
  checkValidations: (input: object, types: Shapes) => void
}
const db = require('dynalite/db') as {
  hashPrefix: (value: string, type: 'S' | 'N' | 'B') => string
  toRangeStr: (value: AttributeValue) => string
}

/** Six hexadecimal digits of a hash of a hash key's value. */
export const hashPrefix = db.hashPrefix

/** A string, number or binary as text; the order of the texts is DynamoDB's order of the values. */
export const toRangeString = db.toRangeStr

export type ShapedOperation = 'putItem' | 'deleteItem' | 'updateItem' | 'getItem' | 'query' | 'scan' | 'batchGetItem' | 'batchWriteItem'

/** The shape of an operation's request. */
export function shapesOf (operation: ShapedOperation): Shapes {
  const { types } = require(`dynalite/validations/${operation}`) as { types: Shapes }
  return refusingNulls(operation === 'updateItem' ? withKeyLater(types) : types)
}

/** UpdateItem reports an operator that does not exist before a missing key. Source: paritysuite/dynamodb-conformance, October 2026. */
function withKeyLater ({ ReturnConsumedCapacity, TableName, ReturnItemCollectionMetrics, ReturnValues, ConditionalOperator, ...others }: Shapes): Shapes {
  return { ReturnConsumedCapacity, TableName, ReturnItemCollectionMetrics, ReturnValues, ConditionalOperator, ...others } as Shapes // it has all of them
}

/**
 * Checks a request against a shape: types first, then bounds, in AWS's order. Returns the request with its values coerced
 * to the types of the shape.
 * @param beforeBounds  throws errors that AWS reports before it checks any bound
 * @throws SerializationException, ValidationException
 */
export function checkShape (types: Shapes, input: object, beforeBounds: (typed: object) => void = () => {}): object {
  try {
    const typed = withPrototypeAsMember(checkTypes({ ...input }, types))
    beforeBounds(typed)
    checkValidations(typed, types)
    return typed
  } catch (error) {
    throw toAwsError(error)
  }
}

/** dynalite copies maps by assignment, so that a member `__proto__` becomes the copy's prototype; this makes it a member again. */
function withPrototypeAsMember<T> (value: T): T {
  if (typeof value !== 'object' || value === null) return value
  const prototype = Object.getPrototypeOf(value) as object
  if (prototype !== Object.prototype && !Array.isArray(value)) {
    Object.setPrototypeOf(value, Object.prototype)
    Object.defineProperty(value, '__proto__', { value: prototype, enumerable: true, configurable: true, writable: true })
  }
  for (const member of Object.values(value)) withPrototypeAsMember(member)
  return value
}

/** AWS reports one error for an empty table name; dynalite reports its pattern and its length. */
const EMPTY_TABLE = /(Value '' at 'tableName' failed to satisfy constraint: Member must )satisfy regular expression pattern: \S+; .*?greater than or equal to 3/

function withOneFaultForEmptyTable (message: string): string {
  if (!EMPTY_TABLE.test(message)) return message
  const once = message.replace(EMPTY_TABLE, '$1have length greater than or equal to 1')
  const faults = Number.parseInt(message) - 1
  return once.replace(/^\d+ validation errors? detected/, `${faults} validation error${faults > 1 ? 's' : ''} detected`)
}

function toAwsError (error: unknown): Error {
  // dynalite checks the shape of a value before its depth: a value that exhausts the stack is too deep.
  if (error instanceof RangeError) return validation(TOO_DEEP)
  if (!(error instanceof Error)) return new Error('dynalite threw something that is not an error', { cause: error })
  if (!('body' in error)) return error
  const { body, statusCode } = error as DynaliteError
  return new AwsError(body.__type.split('#')[1]!, statusCode, withOneFaultForEmptyTable(body.message ?? body.Message ?? ''))
}
