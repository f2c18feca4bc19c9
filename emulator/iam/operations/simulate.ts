import type { FromShape } from '../../core/protocol/shape.ts'
import { page } from '../answers.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { entityNotFound, invalidInput, malformedPolicy, noSuchEntity } from '../errors.ts'
import { BadPolicy, readPolicy } from '../evaluator/check-policy.ts'
import { compilePolicy, type Policy } from '../evaluator/compile.ts'
import { evaluate, type Policies, type PolicyKind } from '../evaluator/evaluate.ts'
import type { KeyValue, PolicyRequest, RequestPrincipal } from '../evaluator/request.ts'
import { boundaryOf, identityPolicies } from '../principals/policies-of.ts'
import { arn, document, paging, structure } from '../shapes.ts'

const texts = { type: 'list', of: document } as const
const CONTEXT_TYPES = ['string', 'stringList', 'numeric', 'numericList', 'boolean', 'booleanList', 'ip', 'ipList', 'binary', 'binaryList', 'date', 'dateList'] as const

const common = {
  ActionNames: { type: 'list', of: { type: 'string', min: 3, max: 128 } },
  ResourceArns: { type: 'list', of: { type: 'string', min: 1, max: 2048 } },
  PolicyInputList: texts,
  PermissionsBoundaryPolicyInputList: texts,
  ResourcePolicy: document,
  ResourceOwner: { type: 'string', min: 1, max: 2048 },
  CallerArn: { type: 'string', min: 1, max: 2048 },
  ContextEntries: {
    type: 'list',
    of: {
      type: 'structure',
      members: {
        ContextKeyName: { type: 'string', min: 5, max: 256 },
        ContextKeyValues: { type: 'list', of: { type: 'string' } },
        ContextKeyType: { type: 'string', values: CONTEXT_TYPES },
      },
    },
  },
  ResourceHandlingOption: { type: 'string', min: 1, max: 64 },
  ...paging,
} as const

const customTypes = structure(common, ['PolicyInputList', 'ActionNames'])
const principalTypes = structure({ ...common, PolicySourceArn: arn }, ['PolicySourceArn', 'ActionNames'])

type Input = Omit<FromShape<typeof customTypes>, 'PolicyInputList'> & { PolicyInputList?: string[] }

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html */
const simulateCustomPolicy: IamOperation<FromShape<typeof customTypes>> = {
  types: customTypes,
  run: (input, ctx) => simulate(input, { identity: [] }, { kind: 'user', arn: `arn:aws:iam::${ctx.account}:user/simulated`, account: ctx.account }),
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
const simulatePrincipalPolicy: IamOperation<FromShape<typeof principalTypes>> = {
  types: principalTypes,
  run ({ PolicySourceArn, ...input }, ctx) {
    const { policies, principal } = sourceOf(PolicySourceArn, ctx)
    return simulate(input, policies, principal)
  },
}

/** The policies of the user, group or role with that ARN. */
function sourceOf (source: string, { store, notes }: IamContext): { policies: Policies, principal: RequestPrincipal } {
  const [, kind, name = ''] = /^arn:aws:iam::\d{12}:(user|group|role)\/(?:.*\/)?([^/]+)$/.exec(source) ?? []
  notes.resource = name
  if (kind !== 'user' && kind !== 'group' && kind !== 'role') throw invalidInput(`Invalid Entity Arn: ${source} does not clearly define entity type and name.`)
  const entity = store.get(kind, name)
  if (entity?.arn !== source) throw entity ? noSuchEntity(`Arn ${source} was not found.`) : entityNotFound(kind, name)
  const principal: RequestPrincipal = kind === 'role'
    ? { kind: 'session', arn: source, account: store.account, role: source }
    : { kind: 'user', arn: source, account: store.account }
  return { policies: { identity: identityPolicies(store, entity), boundary: 'boundary' in entity ? boundaryOf(store, entity) : undefined }, principal }
}

function simulate (input: Input, base: Policies, source: RequestPrincipal): object {
  if (input.ResourceHandlingOption !== undefined) throw invalidInput('ResourceHandlingOption is not supported by this emulator: it is for EC2')
  const policies: Policies = {
    ...base,
    identity: [...base.identity, ...(input.PolicyInputList ?? []).map((text, index) => compiled(`PolicyInputList.${index + 1}`, text, 'identity'))],
    boundary: input.PermissionsBoundaryPolicyInputList?.[0] === undefined
      ? base.boundary
      : compiled('PermissionsBoundaryPolicyInputList.1', input.PermissionsBoundaryPolicyInputList[0], 'identity'),
    resource: input.ResourcePolicy === undefined ? undefined : compiled('ResourcePolicy', input.ResourcePolicy, 'resource'),
    resourceAccount: input.ResourceOwner === undefined ? undefined : /\d{12}/.exec(input.ResourceOwner)?.[0],
  }
  const principal = input.CallerArn === undefined ? source : { ...source, arn: input.CallerArn, account: /::(\d{12}):/.exec(input.CallerArn)?.[1] ?? source.account }
  const given = keysOf(input.ContextEntries ?? [])
  const results = input.ActionNames.flatMap((action) => (input.ResourceArns ?? ['*']).map((resource) => resultOf({ action, resource, principal }, policies, given)))
  const { items, ...rest } = page(results, input)
  return { EvaluationResults: items, ...rest }
}

function compiled (name: string, text: string, use: 'identity' | 'resource'): Policy {
  try {
    return compilePolicy(name, readPolicy(text, use))
  } catch (error) {
    throw error instanceof BadPolicy ? malformedPolicy(error.message) : error
  }
}

function keysOf (entries: NonNullable<Input['ContextEntries']>): Map<string, KeyValue> {
  return new Map(entries.map(({ ContextKeyName = '', ContextKeyValues = [], ContextKeyType = 'string' }) =>
    [ContextKeyName.toLowerCase(), ContextKeyType.endsWith('List') ? ContextKeyValues : ContextKeyValues[0]]))
}

const DECISIONS = { allowed: 'allowed', explicitDeny: 'explicitDeny', implicitDeny: 'implicitDeny' } as const
const SOURCE_TYPES: Readonly<Record<PolicyKind, string>> = { identity: 'IAM Policy', boundary: 'PermissionsBoundary', session: 'session', resource: 'Resource Policy' }

function resultOf (asked: Omit<PolicyRequest, 'key'>, policies: Policies, given: ReadonlyMap<string, KeyValue>): object {
  const missing = new Set<string>()
  const key = (name: string): KeyValue => {
    const value = given.get(name)
    if (value === undefined && !given.has(name)) missing.add(name)
    return value
  }
  const request = { ...asked, key }
  const decision = evaluate(request, policies)
  const kinds: [PolicyKind, readonly Policy[]][] = [['identity', policies.identity], ['resource', policies.resource ? [policies.resource] : []]]
  const effect = decision.outcome === 'explicitDeny' ? 'Deny' : 'Allow'
  const matched = decision.outcome === 'implicitDeny'
    ? []
    : kinds.flatMap(([kind, list]) => list.flatMap(({ name, statements }) =>
      statements.filter((statement) => statement.effect === effect && statement.applies(request) !== undefined)
        .map(({ index, sid }) => ({ SourcePolicyId: sid === undefined ? `${name}#${index}` : `${name}#${sid}`, SourcePolicyType: SOURCE_TYPES[kind] }))))
  return {
    EvalActionName: asked.action,
    EvalResourceName: asked.resource,
    EvalDecision: DECISIONS[decision.outcome],
    MatchedStatements: matched,
    MissingContextValues: [...missing].sort(),
    ...policies.boundary && { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: !(decision.outcome === 'implicitDeny' && decision.missing === 'boundary') } },
  }
}

export const simulationOperations = {
  SimulateCustomPolicy: simulateCustomPolicy,
  SimulatePrincipalPolicy: simulatePrincipalPolicy,
}
