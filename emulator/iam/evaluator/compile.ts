import { compileCondition, type Condition } from './condition.ts'
import { compileArnPattern, compilePattern, type Pattern } from './pattern.ts'
import { listed, type PolicyDocument, type StatementDocument } from './policy-document.ts'
import { compilePrincipal, type Named, type PrincipalMatcher } from './principal.ts'
import type { PolicyRequest } from './request.ts'

/** A statement that can be asked whether it is about a request. */
export interface Statement {
  /** Its place in the policy, from 0. */
  readonly index: number
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
  /** How it names the caller when it is about the request; `direct` for a statement without a principal. `undefined` when it is not about it. */
  readonly applies: (request: PolicyRequest) => Named | undefined
  /** The condition keys that it looks at, in lower case. */
  readonly keys: readonly string[]
}

/** A policy that is ready to be evaluated. */
export interface Policy {
  /** The ARN of a managed policy, the name of an inline one. */
  readonly name: string
  readonly statements: readonly Statement[]
}

const never: Pattern = () => false

const someOf = (patterns: readonly Pattern[]): Pattern =>
  patterns.length === 0 ? never : patterns.length === 1 ? patterns[0]! : (text, key) => patterns.some((pattern) => pattern(text, key))

/** Compiles a policy whose document has been checked. */
export function compilePolicy (name: string, document: PolicyDocument): Policy {
  const variables = document.Version === '2012-10-17'
  return { name, statements: listed(document.Statement).map((statement, index) => compileStatement(statement, index, variables)) }
}

function compileStatement (document: StatementDocument, index: number, variables: boolean): Statement {
  const { Sid, Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition: block = {} } = document
  const action = someOf(listed(Action ?? NotAction).map((one) => compilePattern(one, { variables: false, ignoreCase: true })))
  const actionIs = Action !== undefined
  const resources = listed(Resource ?? NotResource)
  // A policy of a resource may leave the resource out: it is about its own.
  const resource = resources.length === 0 ? () => true : someOf(resources.map((one) => compileArnPattern(one, { variables })))
  const resourceIs = resources.length === 0 || Resource !== undefined
  const principal = principalOf(Principal, NotPrincipal)
  const conditions: Condition[] = Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => compileCondition(operator, key, listed(wanted).map(String), variables)))
  return {
    index,
    sid: Sid,
    effect: Effect,
    keys: conditions.map(({ key }) => key),
    applies (request) {
      if (action(request.action, request.key) !== actionIs) return undefined
      if (resource(request.resource, request.key) !== resourceIs) return undefined
      const named = principal(request.principal)
      if (named === undefined) return undefined
      for (const condition of conditions) if (!condition.holds(request.key)) return undefined
      return named
    },
  }
}

function principalOf (principal: StatementDocument['Principal'], not: StatementDocument['NotPrincipal']): PrincipalMatcher {
  if (principal !== undefined) return compilePrincipal(principal)
  if (not === undefined) return () => 'direct'
  const excepted = compilePrincipal(not)
  return (request) => excepted(request) === undefined ? 'direct' : undefined
}
