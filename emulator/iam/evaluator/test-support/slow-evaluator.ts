/**
 * The decision once more, for tests: written from the rules in words, without anything compiled, and sharing no code with the
 * evaluator. It reads policies as JSON has them, and it is slow.
 */
import type { Policies } from '../evaluate.ts'
import type { OneOrMore, PolicyDocument, StatementDocument } from '../policy-document.ts'
import type { KeyValue, RequestPrincipal } from '../request.ts'

export interface PlainRequest {
  action: string
  resource: string
  principal: RequestPrincipal
  /** By name in lower case. */
  keys: Record<string, KeyValue>
}

export interface PlainPolicies extends Pick<Policies, 'resourceAccount' | 'resourceRequired'> {
  identity: PolicyDocument[]
  boundary?: PolicyDocument
  session?: PolicyDocument[]
  resource?: PolicyDocument
}

const all = <T>(value: OneOrMore<T> | undefined): T[] => value === undefined ? [] : [value].flat() as T[]

/** `allowed`, `explicitDeny`, or `implicitDeny` by which kind of policy. */
export function decideSlowly (request: PlainRequest, { identity, boundary, session, resource, resourceAccount, resourceRequired }: PlainPolicies): string {
  const says = (policies: PolicyDocument[], effect: string) => policies.flatMap((policy) =>
    all(policy.Statement).filter((statement) => statement.Effect === effect).map((statement) => isAbout(statement, policy, request))
  ).filter((named) => named !== 'no')

  const everything = [...identity, ...boundary ? [boundary] : [], ...session ?? [], ...resource ? [resource] : []]
  if (says(everything, 'Deny').length > 0) return 'explicitDeny'

  const grants = resource ? says([resource], 'Allow') : []
  const otherAccount = resourceAccount !== undefined && resourceAccount !== request.principal.account
  if (otherAccount && grants.length === 0) return 'implicitDeny resource'
  if (resourceRequired && grants.length === 0) return 'implicitDeny resource'
  if (!otherAccount && grants.includes('direct')) return 'allowed'
  const byRole = !otherAccount && grants.includes('role')
  if (!byRole && says(identity, 'Allow').length === 0) return request.principal.kind === 'anonymous' ? 'implicitDeny resource' : 'implicitDeny identity'
  if (boundary && says([boundary], 'Allow').length === 0) return 'implicitDeny boundary'
  if (session && says(session, 'Allow').length === 0) return 'implicitDeny session'
  return 'allowed'
}

function isAbout (statement: StatementDocument, policy: PolicyDocument, request: PlainRequest): 'no' | 'direct' | 'role' | 'account' {
  const modern = policy.Version === '2012-10-17'
  const named = namedBy(statement, request.principal)
  if (named === 'no') return 'no'
  const actionFits = (pattern: string) => globToRegExp([pattern.toLowerCase()], false, {})!.test(request.action.toLowerCase())
  if (statement.Action !== undefined && !all(statement.Action).some(actionFits)) return 'no'
  if (statement.NotAction !== undefined && all(statement.NotAction).some(actionFits)) return 'no'
  const resourceFits = (pattern: string) => arnFits(pattern, request.resource, modern, request.keys)
  if (statement.Resource !== undefined && !all(statement.Resource).some(resourceFits)) return 'no'
  if (statement.NotResource !== undefined && all(statement.NotResource).some(resourceFits)) return 'no'
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    for (const [key, wanted] of Object.entries(keys)) {
      if (!conditionHolds(operator, request.keys[key.toLowerCase()], all(wanted).map(String), modern, request.keys)) return 'no'
    }
  }
  return named
}

function namedBy ({ Principal, NotPrincipal }: StatementDocument, who: RequestPrincipal): 'no' | 'direct' | 'role' | 'account' {
  const look = (element: NonNullable<StatementDocument['Principal']>): 'no' | 'direct' | 'role' | 'account' => {
    if (element === '*') return 'direct'
    const found = new Set<string>()
    for (const name of all(element.AWS)) {
      if (name === '*' || name === who.arn) found.add('direct')
      if (name === who.role) found.add('role')
      if (name === who.account || name === `arn:aws:iam::${who.account}:root`) found.add(who.kind === 'root' ? 'direct' : 'account')
    }
    for (const name of all(element.Federated)) if (who.federated?.includes(name)) found.add('direct')
    return found.has('direct') ? 'direct' : found.has('role') ? 'role' : found.has('account') ? 'account' : 'no'
  }
  if (Principal !== undefined) return look(Principal)
  if (NotPrincipal !== undefined) return look(NotPrincipal) === 'no' ? 'direct' : 'no'
  return 'direct'
}

/** Replaces variables first, by characters from a private range for what must be taken literally. */
function globToRegExp (pieces: string[], modern: boolean, keys: Record<string, KeyValue>): RegExp | undefined {
  let unresolved = false
  const source = pieces.map((piece) => {
    const escape = (text: string) => [...text].map((character) => `\\u{${character.codePointAt(0)!.toString(16)}}`).join('')
    let out = ''
    let rest = piece
    while (rest !== '') {
      const variable = modern ? /^\$\{\s*([^,}]*?)\s*(?:,\s*'([^']*)'\s*)?\}/.exec(rest) : null
      if (variable) {
        const [whole, name, fallback] = variable
        if (name === '*' || name === '?' || name === '$') {
          out += escape(name)
        } else {
          const value = keys[name!.toLowerCase()]
          const text = typeof value === 'string' ? value : fallback
          if (text === undefined) unresolved = true
          else out += escape(text)
        }
        rest = rest.slice(whole.length)
      } else {
        const [first] = [...rest]
        out += first === '*' ? '[\\s\\S]*' : first === '?' ? '[\\s\\S]' : escape(first!)
        rest = rest.slice(first!.length)
      }
    }
    return out
  }).join('')
  return unresolved ? undefined : new RegExp(`^${source}$`, 'u')
}

function arnFits (pattern: string, arn: string, modern: boolean, keys: Record<string, KeyValue>): boolean {
  if (pattern === '*') return true
  const hidden = modern ? pattern.replace(/\$\{[^}]*\}/g, (variable) => variable.replaceAll(':', '\u0001')) : pattern
  const parts = sixParts(hidden).map((part) => part.replaceAll('\u0001', ':'))
  if (parts.length < 6 && !pattern.endsWith('*')) return false
  const given = arn.split(':')
  if (given.length < parts.length) return false
  given.push(given.splice(parts.length - 1).join(':'))
  return parts.every((part, index) => globToRegExp([part], modern, keys)?.test(given[index]!) ?? false)
}

function sixParts (text: string): string[] {
  const parts = text.split(':')
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

function conditionHolds (name: string, given: KeyValue, wanted: string[], modern: boolean, keys: Record<string, KeyValue>): boolean {
  const absent = given === undefined || (Array.isArray(given) && given.length === 0)
  if (name === 'Null') return wanted.includes(absent ? 'true' : 'false')
  const quantifier = name.includes(':') ? name.split(':')[0] : ''
  const bare = name.replace(/^.*:/, '').replace(/IfExists$/, '')
  const negated = /Not/.test(bare)
  if (absent) {
    if (name.endsWith('IfExists') || quantifier === 'ForAllValues') return true
    return quantifier === 'ForAnyValue' ? false : negated
  }
  const fits = (value: string) => wanted.some((one) => valueFits(bare.replace('Not', ''), value, one, modern, keys))
  if (typeof given === 'string') return negated ? !fits(given) : fits(given)
  const values = [...given]
  if (quantifier === 'ForAnyValue') return values.some((value) => negated ? !fits(value) : fits(value))
  if (quantifier === 'ForAllValues') return values.every((value) => negated ? !fits(value) : fits(value))
  return negated ? !values.every(fits) : values.every(fits)
}

function valueFits (operator: string, value: string, wanted: string, modern: boolean, keys: Record<string, KeyValue>): boolean {
  if (operator === 'StringLike') return globToRegExp([wanted], modern, keys)?.test(value) ?? false
  if (operator === 'ArnLike' || operator === 'ArnEquals') return arnFits(wanted, value, modern, keys)
  let missing = false
  const resolved = !modern
    ? wanted
    : wanted.replace(/\$\{\s*([^,}]*?)\s*(?:,\s*'([^']*)'\s*)?\}/g, (_, name: string, fallback?: string) => {
      if (['*', '?', '$'].includes(name)) return name
      const found = keys[name.toLowerCase()]
      if (typeof found === 'string') return found
      if (fallback === undefined) missing = true
      return fallback ?? ''
    })
  if (missing) return false
  switch (operator) {
    case 'StringEquals': return value === resolved
    case 'StringEqualsIgnoreCase': return value.toLowerCase() === resolved.toLowerCase()
    case 'Bool': return value.toLowerCase() === resolved.toLowerCase()
    case 'BinaryEquals': return Buffer.from(value, 'base64').toString('hex') === Buffer.from(resolved, 'base64').toString('hex')
    case 'IpAddress': return inRange(value, resolved)
  }
  const [kind, comparison] = /^(Numeric|Date)(.*)$/.exec(operator)!.slice(1) as [string, string]
  const read = kind === 'Numeric' ? Number : (text: string) => /^\d{5,}$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  const [one, other] = [read(value), read(resolved)]
  if (Number.isNaN(one) || Number.isNaN(other)) return false
  if (comparison === 'Equals') return one === other
  if (comparison === 'LessThan') return one < other
  if (comparison === 'LessThanEquals') return one <= other
  if (comparison === 'GreaterThan') return one > other
  return one >= other
}

/** IPv4 only. */
function inRange (address: string, range: string): boolean {
  const [base, bits = '32'] = range.split('/')
  const toBits = (text: string) => text.split('.').map((part) => Number(part).toString(2).padStart(8, '0')).join('')
  return toBits(address).slice(0, Number(bits)) === toBits(base!).slice(0, Number(bits))
}
