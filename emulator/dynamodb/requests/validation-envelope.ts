import { AwsError } from '../../core/errors.ts'
import { validation } from '../errors.ts'
import { isVeryDeep } from './write-enums.ts'

/**
 * Errors that PutItem, UpdateItem and DeleteItem report like errors of a shape since mid-2026; other operations, and these
 * three inside a transaction, report them without the prefix. Source: answers of us-east-1 and eu-west-2 recorded by the public
 * paritysuite/dynamodb-conformance, 2026-06 to 2026-10; some regions still answer the old way.
 */
const ENVELOPED = [
  'Invalid UpdateExpression: ',
  'Invalid ConditionExpression: ',
  'Can not use both expression and non-expression parameters',
  'ExpressionAttributeNames can only be specified',
  'ExpressionAttributeNames must not be empty',
  'ExpressionAttributeValues can only be specified',
  'ExpressionAttributeValues contains invalid ',
  'ExpressionAttributeValues must not be empty',
  'ReturnValues can only be ',
  'Value provided in ExpressionAttribute',
  'One or more parameter values were invalid: An string set  may not be empty',
  'One or more parameter values were invalid: An number set  may not be empty',
  'One or more parameter values were invalid: Binary sets should not be empty',
  'One or more parameter values were invalid: Null attribute value types',
  'One or more parameter values were invalid: Input collection',
  'One or more parameter values were invalid: Value ',
  'One or more parameter values were invalid: AttributeValueList can',
  'One or more parameter values were invalid: Exists and ',
  'One or more parameter values were invalid: Invalid number of argument(s)',
  'The parameter cannot be converted to a numeric value',
  'Number overflow',
  'Number underflow',
  'Attempting to store more than',
  'Nesting Levels have exceeded',
]

type Rules<I, C> = (input: I, ctx: C) => void

/** The rules of an operation, with AWS's prefix on their errors. */
export function enveloped<I extends object, C> (rules: Rules<I, C>): Rules<I, C> {
  return (input, ctx) => {
    try {
      rules(input, ctx)
    } catch (error) {
      if (!(error instanceof AwsError) || !ENVELOPED.some((start) => error.message.startsWith(start))) throw error
      // Beyond the depth that the newer checks read, this one is reported as before.
      if (error.message.startsWith('ReturnValues can only be ') && isVeryDeep(input)) throw error
      throw validation(`1 validation error detected: ${error.message}`)
    }
  }
}
