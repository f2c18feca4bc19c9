import type { AwsError } from '../../core/errors.ts'
import { validation } from '../errors.ts'
import type { Position } from './tree.ts'

/*
 * What AWS says of statements. Sources: answers recorded by the public paritysuite/dynamodb-conformance (eu-west-2,
 * September and October 2026), and the texts that DynamoDB Local prints; GAPS.md says which are not seen on AWS.
 */

/** Of a statement that cannot be read. AWS gives no detail where a token cannot be read. */
export const malformed = (detail = ''): AwsError => validation(`Statement wasn't well formed, can't be processed: ${detail}`)

/** With the place in the statement after it. */
export const faultAt = (message: string, { line, column, length }: Position): AwsError => validation(`${message} at ${line}:${column}:${length}`)

export const INCOMPLETE_KEY = 'Where clause does not contain a mandatory equality on all key attributes'

export const BATCH_NEEDS_KEY = 'Select statements within BatchExecuteStatement must specify the primary key in the where clause.'

export const TRANSACTION_NEEDS_KEY = 'Select statements within ExecuteTransaction must specify the primary key in the where clause.'

/** Reads of a transaction and the read in EXISTS. */
export const TRANSACTION_ON_INDEX = 'Reads on indices are not supported within transactions.'

/** Of EXISTS outside a transaction. */
export const conditionCheckUnsupported = (): AwsError => validation('EXISTS can only be used in ExecuteTransaction write requests.')

export const wrongKeyType = (name: string): AwsError => validation(`Key attribute's data type should match its data type in table's schema: Key ${name}`)

export const tooManyReads = (): AwsError => validation('Too many decomposed read operations for a given query.')

export const overlapping = (): AwsError => validation('Overlapping conditions with range keys are not supported in where clause')
