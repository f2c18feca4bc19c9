import { parseOperator } from './condition.ts'
import type { PolicyDocument } from './policy-document.ts'

/** What a policy is attached to: a user, group or role; a role as its trust policy; a bucket or table. */
export type PolicyUse = 'identity' | 'trust' | 'resource'

/** A text that is no policy, in the words of IAM where they are known. */
export class BadPolicy extends Error {}

const SYNTAX = 'Syntax errors in policy.'
const POLICY_MEMBERS = new Set(['Version', 'Id', 'Statement'])
const STATEMENT_MEMBERS = new Set(['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'])
const PRINCIPALS = new Set(['AWS', 'Federated', 'Service', 'CanonicalUser'])

/** How deep JSON may go; no policy is as deep as this. */
const DEEPEST = 10

/**
 * Reads a policy.
 * @throws {@link BadPolicy}
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function readPolicy (text: string, use: PolicyUse): PolicyDocument {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw new BadPolicy('This policy contains invalid Json')
  }
  if (!isObject(document) || depthOf(document) > DEEPEST) throw new BadPolicy(SYNTAX)
  onlyMembers(document, POLICY_MEMBERS)
  const { Version: version, Id: id, Statement: statements } = document
  if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17') throw new BadPolicy(SYNTAX)
  if (id !== undefined && typeof id !== 'string') throw new BadPolicy(SYNTAX)
  const list = Array.isArray(statements) ? statements : [statements]
  if (statements === undefined || list.length === 0) throw new BadPolicy(SYNTAX)
  for (const statement of list) checkStatement(statement, use)
  const sids = list.map((statement: { Sid?: string }) => statement.Sid).filter((sid) => sid !== undefined && sid !== '')
  if (new Set(sids).size < sids.length) throw new BadPolicy('Statement IDs (SID) in a single policy must be unique.')
  return document as unknown as PolicyDocument // that is what was checked
}

function checkStatement (statement: unknown, use: PolicyUse): void {
  if (!isObject(statement)) throw new BadPolicy(SYNTAX)
  onlyMembers(statement, STATEMENT_MEMBERS)
  const { Sid: sid, Effect: effect, Condition: condition } = statement
  if (effect !== 'Allow' && effect !== 'Deny') throw new BadPolicy(SYNTAX)
  if (sid !== undefined && typeof sid !== 'string') throw new BadPolicy(SYNTAX)
  if (use === 'identity' && sid !== undefined && !/^[0-9A-Za-z]*$/.test(sid)) {
    throw new BadPolicy('Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*')
  }
  checkPrincipal(statement, use)
  const actions = oneOf(statement, 'Action', 'NotAction')
  if (!actions) throw new BadPolicy('Policy statement must contain actions.')
  for (const action of actions) checkAction(action, use)
  const resources = oneOf(statement, 'Resource', 'NotResource')
  if (use === 'trust' && resources) throw new BadPolicy('Has prohibited field Resource')
  if (use !== 'trust' && !resources) throw new BadPolicy('Policy statement must contain resources.')
  for (const resource of resources ?? []) checkResource(resource)
  if (condition !== undefined) checkCondition(condition)
}

function checkPrincipal (statement: Record<string, unknown>, use: PolicyUse): void {
  const { Principal: is, NotPrincipal: isNot } = statement
  if (use === 'identity') {
    if (is !== undefined || isNot !== undefined) throw new BadPolicy('Policy document should not specify a principal.')
    return
  }
  const given = is ?? isNot
  if (given === undefined || (is !== undefined && isNot !== undefined)) throw new BadPolicy(use === 'trust' ? 'Missing required field Principal' : SYNTAX)
  if (given === '*') return
  if (!isObject(given) || Object.keys(given).length === 0) throw new BadPolicy(SYNTAX)
  for (const [kind, names] of Object.entries(given)) {
    const list = textsOf(names)
    if (!PRINCIPALS.has(kind) || !list) throw new BadPolicy(SYNTAX)
    const wrong = list.find((name) => kind === 'AWS' && name !== '*' && !/^(\d{12}|arn:aws:(iam|sts)::\d{12}:.+|A[A-Z]{3}[A-Z0-9]{12,})$/.test(name))
    if (wrong !== undefined) throw new BadPolicy(`Invalid principal in policy: "${kind}":"${wrong}"`)
  }
}

function checkAction (action: string, use: PolicyUse): void {
  if (action === '*' && use !== 'trust') return
  const [vendor, name, ...rest] = action.split(':')
  if (!name || rest.length > 0) throw new BadPolicy('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.')
  if (!/^[A-Za-z0-9-]+$/.test(vendor!)) throw new BadPolicy(`Vendor ${vendor} is not valid`)
  if (use === 'trust' && vendor!.toLowerCase() !== 'sts') throw new BadPolicy('AssumeRole policy may only specify STS AssumeRole actions.')
}

function checkResource (resource: string): void {
  if (resource === '*' || /^arn:(aws[a-z-]*|\*|\$\{.*\}):/.test(resource) || /^arn:\*$/.test(resource)) return
  throw new BadPolicy(`Resource ${resource} must be in ARN format or "*".`)
}

function checkCondition (condition: unknown): void {
  if (!isObject(condition)) throw new BadPolicy(SYNTAX)
  for (const [operator, keys] of Object.entries(condition)) {
    if (!parseOperator(operator)) throw new BadPolicy(`Invalid Condition type : ${operator}.`)
    if (!isObject(keys)) throw new BadPolicy(SYNTAX)
    for (const [key, wanted] of Object.entries(keys)) {
      const list: unknown[] = Array.isArray(wanted) ? wanted : [wanted]
      if (!key.includes(':')) throw new BadPolicy('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.')
      if (list.some((value) => !['string', 'number', 'boolean'].includes(typeof value))) throw new BadPolicy(SYNTAX)
    }
  }
}

/** The texts of the one member of two that a statement may have. */
function oneOf (statement: Record<string, unknown>, is: string, isNot: string): string[] | undefined {
  const [one, other] = [statement[is], statement[isNot]]
  if (one !== undefined && other !== undefined) throw new BadPolicy(SYNTAX)
  const given = one ?? other
  if (given === undefined) return undefined
  const list = textsOf(given)
  if (!list) throw new BadPolicy(SYNTAX)
  return list.length === 0 ? undefined : list
}

function textsOf (value: unknown): string[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.every((one) => typeof one === 'string') ? list : undefined // as was just asked
}

function onlyMembers (value: Record<string, unknown>, names: ReadonlySet<string>): void {
  if (Object.keys(value).some((name) => !names.has(name))) throw new BadPolicy(SYNTAX)
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function depthOf (value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}
