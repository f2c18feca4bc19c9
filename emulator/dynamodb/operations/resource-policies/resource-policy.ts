import { BadPolicy, readPolicy } from '../../../iam/evaluator/check-policy.ts'
import type { DynamodbContext } from '../../context.ts'
import { resourceNotFound, validation } from '../../errors.ts'
import type { Shape } from '../../requests/shapes.ts'
import { checkResourceArn } from '../../tables/tags.ts'
import { isUsable, type TableRecord } from '../../tables/table-record.ts'

/** The most bytes of a policy, white space included. Source: "Quotas", developer guide. */
const POLICY_BYTES = 20 * 1024

export const resourceArn: Shape = { type: 'String', notNull: true, lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 1283 }
export const revisionId: Shape = { type: 'String', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 255 }

/** The table of an ARN, which may be that of the table's stream. */
const STREAM = /\/stream\/[^/]+$/

export function checkPolicyArn (arn: string, action: string, ctx: DynamodbContext): void {
  checkResourceArn(arn.replace(STREAM, ''), action, ctx)
}

/** @throws ResourceNotFoundException unless the ARN is that of a table or of one of its streams */
export function tableWithPolicy (arn: string, { store, startedAt, notes }: DynamodbContext): TableRecord {
  const name = arn.replace(STREAM, '').slice(arn.indexOf('/') + 1)
  notes.resource = name
  const table = store.tables.get(name)
  const isStream = STREAM.test(arn)
  if (!table || !isUsable(table, startedAt) || (isStream && table.settings.stream?.arn !== arn)) {
    throw resourceNotFound(`Requested resource not found: ResourceArn: ${arn} not found`)
  }
  return table
}

/** A policy as it is kept first. @param now  epoch ms */
export function firstRevision (policy: string, now: number): { policy: string, revision: string } {
  return { policy, revision: String(now) }
}

/** @throws ValidationException for what is no policy, or too long */
export function checkPolicy (policy: string): void {
  if (Buffer.byteLength(policy) > POLICY_BYTES) throw validation(`Resource-based policy size exceeds the limit of ${POLICY_BYTES} bytes`)
  try {
    readPolicy(policy, 'resource')
  } catch (error) {
    throw error instanceof BadPolicy ? validation(`Invalid policy document: ${error.message}`) : error
  }
}
