/* eslint-disable no-template-curly-in-string -- variables of policies look like those of templates */
/**
 * Random requests against random policies: the evaluator and the slow one of the tests have to agree.
 * `IAM_FUZZ_CASES=1000000 npx tsx emulator/iam/evaluator/fuzz.test.ts`; `IAM_FUZZ_SEED` repeats a run.
 */
import { test } from 'tap'
import { seededRandom } from '../../core/random.ts'
import { compilePolicy } from './compile.ts'
import { evaluate } from './evaluate.ts'
import type { PolicyDocument, StatementDocument } from './policy-document.ts'
import { decideSlowly, type PlainPolicies, type PlainRequest } from './test-support/slow-evaluator.ts'

const CASES = Number(process.env.IAM_FUZZ_CASES ?? 6000)
const SEED = Number(process.env.IAM_FUZZ_SEED ?? 20260301)

const random = seededRandom(SEED)
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
const chance = (share: number) => random() < share
const some = <T>(list: readonly T[], most: number): T[] => Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(list))
const oneOrMore = <T>(list: readonly T[], most: number): T | T[] => chance(0.5) ? pick(list) : some(list, most)

const ACTIONS = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 's3:GetObject', 's3:ListBucket']
const ACTION_PATTERNS = [...ACTIONS, '*', 'dynamodb:*', 'dynamodb:?etItem', 'DYNAMODB:getitem', 's3:*Object', 'dynamodb:*Item', 'none:None', '*:*']
const RESOURCES = [
  'arn:aws:dynamodb:us-east-1:111111111111:table/a', 'arn:aws:dynamodb:us-east-1:111111111111:table/ab/index/i', 'arn:aws:s3:::bucket/key:of:parts',
  'arn:aws:s3:::bucket', '*', 'arn:aws:dynamodb:eu-west-1:222222222222:table/ann',
]
const RESOURCE_PATTERNS = [
  ...RESOURCES, 'arn:aws:dynamodb:*:*:table/*', 'arn:aws:dynamodb:*:111111111111:table/a*', 'arn:aws:dynamodb:us-east-?:*:table/?', 'arn:aws:s3:::*',
  'arn:aws:s3:::bucket/*:parts', 'arn:*:dynamodb:*', 'arn:aws:dynamodb:us-east-1:${aws:PrincipalAccount}:table/*', 'arn:aws:*:::bucket',
  'arn:aws:dynamodb:*:*:table/${aws:username}', 'arn:aws:dynamodb:*:*:table/${aws:nothing}', 'arn:aws:dynamodb:*:*:table/${aws:nothing, \'a\'}', 'arn:aws:s3:::${*}',
]
const TEXTS = ['a', 'A', 'ab', 'ann', 'a*', '', 'b c']
const TEXT_PATTERNS = [...TEXTS, '*', '?', 'a?', '*n', '${aws:username}', '${aws:nothing}', '${aws:nothing, \'ab\'}', 'a${*}', '${aws:userid}*', '${many:values}']
const OPERANDS: Record<string, { values: string[], wanted: string[], operators: string[] }> = {
  String: { values: TEXTS, wanted: TEXT_PATTERNS, operators: ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike'] },
  Numeric: { values: ['1', '2.50', '-3', '1e2', 'no'], wanted: ['1', '2.5', '100', '-3', 'x'], operators: ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map((name) => `Numeric${name}`) },
  Date: { values: ['2026-03-01T12:00:00Z', '1772366400', '2026-03-01', 'never'], wanted: ['2026-03-01T12:00:00Z', '2026-03-02T00:00:00Z', '1772366400'], operators: ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map((name) => `Date${name}`) },
  Bool: { values: ['true', 'false', 'True'], wanted: ['true', 'false'], operators: ['Bool'] },
  Binary: { values: ['YWI=', 'YWJj', 'YWI'], wanted: ['YWI=', 'YWJj'], operators: ['BinaryEquals'] },
  Ip: { values: ['10.0.0.1', '192.168.7.9', '10.1.2.3'], wanted: ['10.0.0.0/8', '10.0.0.1', '192.168.7.0/29', '0.0.0.0/0'], operators: ['IpAddress', 'NotIpAddress'] },
  Arn: { values: RESOURCES.filter((one) => one !== '*'), wanted: RESOURCE_PATTERNS, operators: ['ArnEquals', 'ArnNotEquals', 'ArnLike', 'ArnNotLike'] },
}
const KEYS = ['one:Value', 'many:Values', 'none:Here']
const PRINCIPALS = ['*', '111111111111', 'arn:aws:iam::111111111111:root', 'arn:aws:iam::111111111111:user/ann', 'arn:aws:iam::111111111111:role/r', 'arn:aws:sts::111111111111:assumed-role/r/s', '222222222222']

function condition (kind: string): StatementDocument['Condition'] {
  const { wanted, operators } = OPERANDS[kind]!
  const block: Record<string, Record<string, string | string[]>> = {}
  for (let count = Math.floor(random() * 3); count > 0; count--) {
    const name = chance(0.1) ? 'Null' : `${pick(['', '', 'ForAllValues:', 'ForAnyValue:'])}${pick(operators)}${pick(['', '', 'IfExists'])}`
    block[name] = { ...block[name], [pick(KEYS)]: name === 'Null' ? pick(['true', 'false']) : oneOrMore(wanted, 3) }
  }
  return block
}

function statement (kind: string, withPrincipal: boolean): StatementDocument {
  return {
    Effect: chance(0.8) ? 'Allow' : 'Deny',
    ...withPrincipal && { [chance(0.9) ? 'Principal' : 'NotPrincipal']: chance(0.2) ? '*' : { AWS: oneOrMore(PRINCIPALS, 2), ...chance(0.2) && { Federated: pick(['provider', 'other']) } } },
    [chance(0.85) ? 'Action' : 'NotAction']: oneOrMore(ACTION_PATTERNS, 3),
    ...(!withPrincipal || chance(0.8)) && { [chance(0.85) ? 'Resource' : 'NotResource']: oneOrMore(RESOURCE_PATTERNS, 3) },
    ...chance(0.6) && { Condition: condition(kind) },
  }
}

const policy = (kind: string, withPrincipal = false): PolicyDocument => ({
  ...chance(0.85) ? { Version: '2012-10-17' } : chance(0.5) && { Version: '2008-10-17' },
  Statement: chance(0.3) ? statement(kind, withPrincipal) : Array.from({ length: 1 + Math.floor(random() * 3) }, () => statement(kind, withPrincipal)),
})

function anyCase (): { request: PlainRequest, policies: PlainPolicies } {
  const kind = pick(Object.keys(OPERANDS))
  const { values } = OPERANDS[kind]!
  const keys: PlainRequest['keys'] = { 'aws:username': pick(['a', 'ann', '*']), 'aws:principalaccount': '111111111111' }
  if (chance(0.8)) keys['one:value'] = pick(values)
  if (chance(0.8)) keys['many:values'] = chance(0.2) ? [] : some(values, 3)
  const principal = pick<PlainRequest['principal']>([
    { kind: 'user', arn: 'arn:aws:iam::111111111111:user/ann', account: '111111111111' },
    { kind: 'session', arn: 'arn:aws:sts::111111111111:assumed-role/r/s', account: '111111111111', role: 'arn:aws:iam::111111111111:role/r' },
    { kind: 'anonymous', arn: '', account: '', federated: ['provider'] },
    { kind: 'root', arn: 'arn:aws:iam::111111111111:root', account: '111111111111' },
  ])
  return {
    request: { action: pick(ACTIONS), resource: pick(RESOURCES), principal, keys },
    policies: {
      identity: Array.from({ length: Math.floor(random() * 3) }, () => policy(kind)),
      ...chance(0.3) && { boundary: policy(kind) },
      ...chance(0.3) && { session: Array.from({ length: 1 + Math.floor(random() * 2) }, () => policy(kind)) },
      ...chance(0.5) && { resource: policy(kind, true) },
      ...chance(0.2) && { resourceAccount: pick(['111111111111', '222222222222']) },
      ...chance(0.2) && { resourceRequired: true },
    },
  }
}

test('the evaluator agrees with a second one, written apart, on random requests and policies', (t) => {
  const outcomes: Record<string, number> = {}
  for (let count = 0; count < CASES; count++) {
    const { request, policies } = anyCase()
    const expected = decideSlowly(request, policies)
    const decision = evaluate({ ...request, key: (name) => request.keys[name] }, {
      ...policies,
      identity: policies.identity.map((one) => compilePolicy('identity', one)),
      boundary: policies.boundary && compilePolicy('boundary', policies.boundary),
      session: policies.session?.map((one) => compilePolicy('session', one)),
      resource: policies.resource && compilePolicy('resource', policies.resource),
    })
    const found = decision.outcome === 'implicitDeny' ? `implicitDeny ${decision.missing}` : decision.outcome
    if (found !== expected) {
      t.equal(found, expected, `case ${count} of seed ${SEED}`)
      t.comment(JSON.stringify({ request, policies }))
      break
    }
    outcomes[found] = (outcomes[found] ?? 0) + 1
  }
  for (const outcome of ['allowed', 'explicitDeny', 'implicitDeny identity', 'implicitDeny boundary', 'implicitDeny session', 'implicitDeny resource']) {
    t.ok((outcomes[outcome] ?? 0) > CASES / 200, `enough cases end in ${outcome}: ${outcomes[outcome]}`)
  }
  t.end()
})
