/* eslint-disable no-template-curly-in-string -- variables of policies look like those of templates */
import { test } from 'tap'
import { compilePolicy } from './compile.ts'
import { evaluate, type Policies } from './evaluate.ts'
import { listed, type OneOrMore, type PolicyDocument, type StatementDocument } from './policy-document.ts'
import type { KeyValue, PolicyRequest, RequestPrincipal } from './request.ts'

const ANN: RequestPrincipal = { kind: 'user', arn: 'arn:aws:iam::111111111111:user/ann', account: '111111111111' }
const SESSION: RequestPrincipal = { kind: 'session', arn: 'arn:aws:sts::111111111111:assumed-role/r/s', account: '111111111111', role: 'arn:aws:iam::111111111111:role/r' }
const ANYBODY: RequestPrincipal = { kind: 'anonymous', arn: '', account: '' }
const STRANGER: RequestPrincipal = { kind: 'user', arn: 'arn:aws:iam::222222222222:user/eve', account: '222222222222' }
const TOKEN: RequestPrincipal = { ...ANYBODY, federated: ['cognito-identity.amazonaws.com'] }

const KEYS: Record<string, KeyValue> = { 'aws:username': 'ann', 'aws:principalaccount': '111111111111', 'aws:sourceip': '10.0.0.1' }
const T = 'arn:aws:dynamodb:us-east-1:111111111111:table/orders'
const O = 'arn:aws:s3:::bucket/a/b.txt'

const request = (action: string, resource: string, principal = ANN): PolicyRequest => ({ action, resource, principal, key: (name) => KEYS[name] })
const policy = (...statements: Partial<StatementDocument>[]): PolicyDocument =>
  ({ Version: '2012-10-17', Statement: statements.map((one) => ({ Effect: 'Allow', ...one })) })

function decide (asked: PolicyRequest, { identity = [], boundary, session, resource, ...rest }: {
  identity?: OneOrMore<PolicyDocument>, boundary?: PolicyDocument, session?: PolicyDocument[], resource?: PolicyDocument
} & Pick<Policies, 'resourceAccount' | 'resourceRequired'>): string {
  const decision = evaluate(asked, {
    ...rest,
    identity: listed(identity).map((one, index) => compilePolicy(`identity-${index}`, one)),
    boundary: boundary && compilePolicy('boundary', boundary),
    session: session?.map((one) => compilePolicy('session', one)),
    resource: resource && compilePolicy('resource', resource),
  })
  if (decision.outcome === 'implicitDeny') return `no ${decision.missing}`
  const { kind, statement } = decision.by
  return `${decision.outcome === 'allowed' ? 'allow' : 'deny'} ${kind} ${statement.sid ?? statement.index}`
}

test('actions and resources of a statement', (t) => {
  const cases: [title: string, statement: Partial<StatementDocument>, action: string, resource: string, allowed: boolean][] = [
    ['the same action', { Action: 'dynamodb:GetItem', Resource: T }, 'dynamodb:GetItem', T, true],
    ['another action', { Action: 'dynamodb:GetItem', Resource: T }, 'dynamodb:PutItem', T, false],
    ['an action in other letters', { Action: 'DynamoDB:getitem', Resource: T }, 'dynamodb:GetItem', T, true],
    ['one of a list', { Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: T }, 'dynamodb:PutItem', T, true],
    ['none of a list', { Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: T }, 'dynamodb:Query', T, false],
    ['all of a service', { Action: 'dynamodb:*', Resource: T }, 'dynamodb:Query', T, true],
    ['all of another service', { Action: 's3:*', Resource: T }, 'dynamodb:Query', T, false],
    ['every action', { Action: '*', Resource: T }, 'dynamodb:Query', T, true],
    ['a prefix', { Action: 'dynamodb:Get*', Resource: T }, 'dynamodb:GetItem', T, true],
    ['a prefix of other actions', { Action: 'dynamodb:Get*', Resource: T }, 'dynamodb:PutItem', T, false],
    ['a suffix', { Action: 'dynamodb:*Item', Resource: T }, 'dynamodb:GetItem', T, true],
    ['a suffix that goes on', { Action: 'dynamodb:*Item', Resource: '*' }, 'dynamodb:TransactWriteItems', T, false],
    ['one character', { Action: 'dynamodb:?etItem', Resource: T }, 'dynamodb:GetItem', T, true],
    ['no character', { Action: 'dynamodb:Get?Item', Resource: T }, 'dynamodb:GetItem', T, false],
    ['an action is a whole word', { Action: 's3:GetObject', Resource: '*' }, 's3:GetObjectVersion', O, false],
    ['NotAction of the same', { NotAction: 'dynamodb:GetItem', Resource: T }, 'dynamodb:GetItem', T, false],
    ['NotAction of another', { NotAction: 'dynamodb:GetItem', Resource: T }, 'dynamodb:PutItem', T, true],
    ['NotAction of another service', { NotAction: 'iam:*', Resource: T }, 'dynamodb:PutItem', T, true],
    ['NotAction of a list', { NotAction: ['iam:*', 'dynamodb:Put*'], Resource: T }, 'dynamodb:PutItem', T, false],
    ['NotAction of everything', { NotAction: '*', Resource: T }, 'dynamodb:PutItem', T, false],
    ['every resource', { Action: '*', Resource: '*' }, 'dynamodb:GetItem', T, true],
    ['another table', { Action: '*', Resource: `${T}2` }, 'dynamodb:GetItem', T, false],
    ['tables by prefix', { Action: '*', Resource: 'arn:aws:dynamodb:us-east-1:111111111111:table/or*' }, 'dynamodb:GetItem', T, true],
    ['a table is no index', { Action: '*', Resource: T }, 'dynamodb:Query', `${T}/index/i`, false],
    ['the indexes of a table', { Action: '*', Resource: `${T}/index/*` }, 'dynamodb:Query', `${T}/index/i`, true],
    ['an index is no table', { Action: '*', Resource: `${T}/index/*` }, 'dynamodb:Query', T, false],
    ['a table and all below it', { Action: '*', Resource: `${T}*` }, 'dynamodb:Query', `${T}/index/i`, true],
    ['any region', { Action: '*', Resource: 'arn:aws:dynamodb:*:111111111111:table/orders' }, 'dynamodb:GetItem', T, true],
    ['any account', { Action: '*', Resource: 'arn:aws:dynamodb:us-east-1:*:table/orders' }, 'dynamodb:GetItem', T, true],
    ['another region', { Action: '*', Resource: 'arn:aws:dynamodb:eu-west-1:111111111111:table/orders' }, 'dynamodb:GetItem', T, false],
    ['another account', { Action: '*', Resource: 'arn:aws:dynamodb:us-east-1:222222222222:table/orders' }, 'dynamodb:GetItem', T, false],
    ['resources have their case', { Action: '*', Resource: T.replace('orders', 'Orders') }, 'dynamodb:GetItem', T, false],
    ['a wildcard stays in its part of the ARN', { Action: '*', Resource: 'arn:aws:dynamodb:*:table/orders' }, 'dynamodb:GetItem', T, false],
    ['an ARN that is cut short by a star', { Action: '*', Resource: 'arn:aws:dynamodb:*' }, 'dynamodb:GetItem', T, true],
    ['one character of a part', { Action: '*', Resource: 'arn:aws:dynamodb:us-east-?:111111111111:table/orders' }, 'dynamodb:GetItem', T, true],
    ['objects of a bucket', { Action: '*', Resource: 'arn:aws:s3:::bucket/*' }, 's3:GetObject', O, true],
    ['a bucket is not its objects', { Action: '*', Resource: 'arn:aws:s3:::bucket' }, 's3:GetObject', O, false],
    ['objects by suffix', { Action: '*', Resource: 'arn:aws:s3:::bucket/*.txt' }, 's3:GetObject', O, true],
    ['objects with colons', { Action: '*', Resource: 'arn:aws:s3:::bucket/*' }, 's3:GetObject', 'arn:aws:s3:::bucket/a:b:c', true],
    ['objects of another bucket', { Action: '*', Resource: 'arn:aws:s3:::bucket2/*' }, 's3:GetObject', O, false],
    ['one of several resources', { Action: '*', Resource: [T, 'arn:aws:s3:::bucket/*'] }, 's3:GetObject', O, true],
    ['an action without a resource needs a star', { Action: '*', Resource: T }, 'rekognition:DetectFaces', '*', false],
    ['an action without a resource, and a star', { Action: '*', Resource: '*' }, 'rekognition:DetectFaces', '*', true],
    ['NotResource of the same', { Action: '*', NotResource: T }, 'dynamodb:GetItem', T, false],
    ['NotResource of another', { Action: '*', NotResource: T }, 's3:GetObject', O, true],
    ['NotResource of a list', { Action: '*', NotResource: [T, 'arn:aws:s3:::bucket/*'] }, 's3:GetObject', O, false],
    ['NotResource of everything', { Action: '*', NotResource: '*' }, 's3:GetObject', O, false],
    ['NotAction with NotResource', { NotAction: 's3:*', NotResource: O }, 'dynamodb:GetItem', T, true],
    ['a variable in a resource', { Action: '*', Resource: 'arn:aws:s3:::bucket/${aws:username}/*' }, 's3:GetObject', 'arn:aws:s3:::bucket/ann/1', true],
    ['a variable in a resource, of another', { Action: '*', Resource: 'arn:aws:s3:::bucket/${aws:username}/*' }, 's3:GetObject', 'arn:aws:s3:::bucket/bob/1', false],
    ['a variable in the account of a resource', { Action: '*', Resource: 'arn:aws:dynamodb:*:${aws:PrincipalAccount}:table/orders' }, 'dynamodb:GetItem', T, true],
    ['a variable without a value', { Action: '*', Resource: 'arn:aws:s3:::bucket/${aws:PrincipalTag/team}/*' }, 's3:GetObject', 'arn:aws:s3:::bucket//1', false],
    ['a variable with a default', { Action: '*', Resource: 'arn:aws:s3:::bucket/${aws:PrincipalTag/team, \'none\'}/*' }, 's3:GetObject', 'arn:aws:s3:::bucket/none/1', true],
    ['a star that is meant', { Action: '*', Resource: 'arn:aws:s3:::bucket/${*}' }, 's3:GetObject', 'arn:aws:s3:::bucket/*', true],
    ['a star that is meant, and something else', { Action: '*', Resource: 'arn:aws:s3:::bucket/${*}' }, 's3:GetObject', O, false],
    ['NotResource with a variable without a value', { Action: '*', NotResource: 'arn:aws:s3:::bucket/${aws:nothing}' }, 's3:GetObject', O, true],
    ['all conditions have to hold', { Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:username': 'ann' }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }, 's3:GetObject', O, true],
    ['one condition does not', { Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:username': 'ann' }, IpAddress: { 'aws:SourceIp': '11.0.0.0/8' } } }, 's3:GetObject', O, false],
    ['all keys of an operator have to', { Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:username': 'ann', 'aws:PrincipalAccount': '2' } } }, 's3:GetObject', O, false],
    ['keys have no case', { Action: '*', Resource: '*', Condition: { StringEquals: { 'AWS:UserName': 'ann' } } }, 's3:GetObject', O, true],
    ['no condition in an empty block', { Action: '*', Resource: '*', Condition: {} }, 's3:GetObject', O, true],
    ['numbers and booleans of JSON are their text', { Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:PrincipalAccount': 111111111111 } } }, 's3:GetObject', O, true],
  ]
  for (const [title, statement, action, resource, allowed] of cases) {
    t.equal(decide(request(action, resource), { identity: policy(statement) }), allowed ? 'allow identity 0' : 'no identity', title)
    // The same statement as a denial, beside one that allows everything.
    const denial = decide(request(action, resource), { identity: [policy({ Action: '*', Resource: '*' }), policy({ ...statement, Effect: 'Deny', Sid: 'no' })] })
    t.equal(denial, allowed ? 'deny identity no' : 'allow identity 0', `${title}, as a denial`)
  }
  t.end()
})

test('the first version of the language has no variables', (t) => {
  for (const Version of [undefined, '2008-10-17'] as const) {
    const identity: PolicyDocument = { Version, Statement: { Effect: 'Allow', Action: '*', Resource: 'arn:aws:s3:::b/${aws:username}' } }
    t.equal(decide(request('s3:GetObject', 'arn:aws:s3:::b/ann'), { identity }), 'no identity')
    t.equal(decide(request('s3:GetObject', 'arn:aws:s3:::b/${aws:username}'), { identity }), 'allow identity 0')
  }
  t.end()
})

const ALL = policy({ Action: '*', Resource: '*' })
const GET = policy({ Action: 'dynamodb:GetItem', Resource: '*', Sid: 'get' })
const NOTHING = policy({ Action: 'none:None', Resource: '*' })
const DENY = policy({ Effect: 'Deny', Action: '*', Resource: '*', Sid: 'stop' })
const granting = (principal: StatementDocument['Principal'], effect: 'Allow' | 'Deny' = 'Allow') => policy({ Effect: effect, Principal: principal, Action: '*', Resource: '*', Sid: 'grant' })

test('how policies of several kinds come together', (t) => {
  const cases: [title: string, principal: RequestPrincipal, policies: Parameters<typeof decide>[1], expected: string][] = [
    ['nothing allows', ANN, {}, 'no identity'],
    ['one of two policies allows', ANN, { identity: [NOTHING, GET] }, 'allow identity get'],
    ['a denial wins, before', ANN, { identity: [DENY, ALL] }, 'deny identity stop'],
    ['a denial wins, after', ANN, { identity: [ALL, DENY] }, 'deny identity stop'],
    ['a boundary allows too', ANN, { identity: ALL, boundary: GET }, 'allow identity 0'],
    ['a boundary does not allow', ANN, { identity: ALL, boundary: NOTHING }, 'no boundary'],
    ['a boundary alone allows nothing', ANN, { boundary: ALL }, 'no identity'],
    ['a boundary denies', ANN, { identity: ALL, boundary: DENY }, 'deny boundary stop'],
    ['a session policy allows too', SESSION, { identity: ALL, session: [GET] }, 'allow identity 0'],
    ['one of two session policies allows', SESSION, { identity: ALL, session: [NOTHING, GET] }, 'allow identity 0'],
    ['no session policy allows', SESSION, { identity: ALL, session: [NOTHING] }, 'no session'],
    ['no session policy, and none was passed', SESSION, { identity: ALL, session: [] }, 'no session'],
    ['a session policy alone allows nothing', SESSION, { session: [ALL] }, 'no identity'],
    ['a session policy denies', SESSION, { identity: ALL, session: [ALL, DENY] }, 'deny session stop'],
    ['boundary before session', SESSION, { identity: ALL, boundary: NOTHING, session: [NOTHING] }, 'no boundary'],
    ['boundary and session allow', SESSION, { identity: GET, boundary: ALL, session: [ALL] }, 'allow identity get'],
    ['a resource policy names the user', ANN, { resource: granting({ AWS: ANN.arn }) }, 'allow resource grant'],
    ['a resource policy names everybody', ANN, { resource: granting('*') }, 'allow resource grant'],
    ['a resource policy names everybody as AWS', ANN, { resource: granting({ AWS: '*' }) }, 'allow resource grant'],
    ['a resource policy names another user', ANN, { resource: granting({ AWS: STRANGER.arn }) }, 'no identity'],
    ['a resource policy names the account', ANN, { resource: granting({ AWS: ANN.account }) }, 'no identity'],
    ['a resource policy names the account by its root', ANN, { resource: granting({ AWS: 'arn:aws:iam::111111111111:root' }) }, 'no identity'],
    ['a resource policy names the account, and identity allows', ANN, { identity: GET, resource: granting({ AWS: ANN.account }) }, 'allow identity get'],
    ['a resource policy denies', ANN, { identity: ALL, resource: granting({ AWS: ANN.arn }, 'Deny') }, 'deny resource grant'],
    ['a resource policy denies the account', ANN, { identity: ALL, resource: granting({ AWS: ANN.account }, 'Deny') }, 'deny resource grant'],
    ['a resource policy denies another', ANN, { identity: ALL, resource: granting({ AWS: STRANGER.arn }, 'Deny') }, 'allow identity 0'],
    ['an identity policy denies what a resource policy grants', ANN, { identity: DENY, resource: granting('*') }, 'deny identity stop'],
    ['a boundary does not hold a user that is named', ANN, { boundary: NOTHING, resource: granting({ AWS: ANN.arn }) }, 'allow resource grant'],
    ['a boundary that denies does', ANN, { boundary: DENY, resource: granting({ AWS: ANN.arn }) }, 'deny boundary stop'],
    ['a resource policy names the session', SESSION, { session: [NOTHING], resource: granting({ AWS: SESSION.arn }) }, 'allow resource grant'],
    ['a resource policy names the role', SESSION, { resource: granting({ AWS: SESSION.role! }) }, 'allow resource grant'],
    ['a resource policy names the role, and the session policy does not allow', SESSION, { session: [NOTHING], resource: granting({ AWS: SESSION.role! }) }, 'no session'],
    ['a resource policy names the role, and the boundary does not allow', SESSION, { boundary: NOTHING, resource: granting({ AWS: SESSION.role! }) }, 'no boundary'],
    ['a resource policy names role and session', SESSION, { session: [NOTHING], resource: granting({ AWS: [SESSION.role!, SESSION.arn] }) }, 'allow resource grant'],
    ['NotPrincipal of another', ANN, { resource: policy({ NotPrincipal: { AWS: STRANGER.arn }, Action: '*', Resource: '*' }) }, 'allow resource 0'],
    ['NotPrincipal of the caller', ANN, { resource: policy({ NotPrincipal: { AWS: ANN.arn }, Action: '*', Resource: '*' }) }, 'no identity'],
    ['a denial to all but one', STRANGER, { identity: ALL, resource: policy({ Effect: 'Deny', NotPrincipal: { AWS: ANN.arn }, Action: '*', Resource: '*', Sid: 'others' }) }, 'deny resource others'],
    ['who is anonymous, without a resource policy', ANYBODY, {}, 'no resource'],
    ['who is anonymous, and everybody may', ANYBODY, { resource: granting('*') }, 'allow resource grant'],
    ['who is anonymous, and an account may', ANYBODY, { resource: granting({ AWS: '111111111111' }) }, 'no resource'],
    ['another account, by identity alone', STRANGER, { identity: ALL, resourceAccount: '111111111111' }, 'no resource'],
    ['another account, by the resource alone', STRANGER, { resource: granting({ AWS: STRANGER.arn }), resourceAccount: '111111111111' }, 'no identity'],
    ['another account, by both', STRANGER, { identity: ALL, resource: granting({ AWS: '222222222222' }), resourceAccount: '111111111111' }, 'allow identity 0'],
    ['another account, and a boundary', STRANGER, { identity: ALL, boundary: NOTHING, resource: granting({ AWS: STRANGER.arn }), resourceAccount: '111111111111' }, 'no boundary'],
    ['the same account named as the resource\'s', ANN, { identity: ALL, resourceAccount: '111111111111' }, 'allow identity 0'],
    ['a trust policy has to allow', ANN, { identity: ALL, resourceRequired: true }, 'no resource'],
    ['a trust policy names the user', ANN, { resource: granting({ AWS: ANN.arn }), resourceRequired: true }, 'allow resource grant'],
    ['a trust policy names the account', ANN, { resource: granting({ AWS: ANN.account }), resourceRequired: true }, 'no identity'],
    ['a trust policy names the account, and identity allows', ANN, { identity: ALL, resource: granting({ AWS: ANN.account }), resourceRequired: true }, 'allow identity 0'],
    ['a trust policy names the provider of a token', TOKEN, { resource: granting({ Federated: 'cognito-identity.amazonaws.com' }), resourceRequired: true }, 'allow resource grant'],
    ['a trust policy names another provider', TOKEN, { resource: granting({ Federated: 'accounts.google.com' }), resourceRequired: true }, 'no resource'],
    ['a trust policy names a service', ANN, { identity: ALL, resource: granting({ Service: 'lambda.amazonaws.com' }), resourceRequired: true }, 'no resource'],
  ]
  for (const [title, principal, policies, expected] of cases) t.equal(decide(request('dynamodb:GetItem', T, principal), policies), expected, title)
  t.end()
})
