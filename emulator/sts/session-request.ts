import { readPolicy, BadPolicy } from '../iam/evaluator/check-policy.ts'
import { derivedId } from '../iam/principals/ids.ts'
import { managedPolicyText } from '../iam/principals/managed-policies.ts'
import type { IamStore } from '../iam/principals/iam-store.ts'
import type { RoleRecord, Tag } from '../iam/principals/records.ts'
import type { StsContext } from './context.ts'
import { invalidArn, malformedPolicy, unknownTransitiveTag, validation } from './errors.ts'

/** A role as its ARN names it. */
export interface NamedRole { account: string, name: string, arn: string, id: string, record?: RoleRecord, store: IamStore }

const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/(?:[!-~]*\/)?([\w+=,.@-]{1,64})$/

/** @throws ValidationError when it is no role's ARN */
export async function roleOf (arn: string, { directory }: StsContext): Promise<NamedRole> {
  const [, account, name] = ROLE_ARN.exec(arn) ?? []
  if (account === undefined || name === undefined) throw invalidArn(arn)
  const store = await directory.storeOf(account)
  const found = store.get('role', name)
  const record = found?.arn === arn ? found : undefined
  return { account, name, arn, id: record?.id ?? derivedId('AROA', arn), record, store }
}

/** Text of all session policies together. */
const MOST_POLICY_TEXT = 2048
const MOST_POLICY_ARNS = 10

/**
 * The session policies of a request: the one that is written in it, and managed ones.
 * @throws MalformedPolicyDocument, ValidationError
 */
export function sessionPolicies ({ Policy, PolicyArns = [] }: { Policy?: string, PolicyArns?: readonly { arn?: string }[] }, store: IamStore): readonly string[] | undefined {
  if (Policy === undefined && PolicyArns.length === 0) return undefined
  if (PolicyArns.length > MOST_POLICY_ARNS) throw validation(`The number of managed session policies is more than ${MOST_POLICY_ARNS}`)
  if (Policy !== undefined) {
    if (Policy.length > MOST_POLICY_TEXT) throw validation(`1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to ${MOST_POLICY_TEXT}`)
    try {
      readPolicy(Policy, 'identity')
    } catch (error) {
      throw error instanceof BadPolicy ? malformedPolicy(error.message) : error
    }
  }
  const managed = PolicyArns.map(({ arn = '' }) => {
    const text = managedPolicyText(store, arn)
    if (text === undefined) throw validation(`Policy ${arn} does not exist or is not attachable.`)
    return text
  })
  return [...Policy === undefined ? [] : [Policy], ...managed]
}

/** @throws InvalidParameterValue for a transitive tag that is not among the tags */
export function checkTags (tags: readonly Tag[], transitive: readonly string[]): void {
  const keys = tags.map(({ Key }) => Key.toLowerCase())
  if (new Set(keys).size < keys.length) throw validation('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  if (transitive.some((key) => !keys.includes(key.toLowerCase()))) throw unknownTransitiveTag()
}

/** Tags as the condition keys that calls of the session have. */
export const tagKeys = (tags: readonly Tag[]): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [`aws:principaltag/${Key.toLowerCase()}`, Value]))
