import { test } from 'tap'
import { BadPolicy, readPolicy, type PolicyUse } from './check-policy.ts'

const allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }

test('policies that are taken', (t) => {
  const taken: [use: PolicyUse, document: unknown][] = [
    ['identity', { Version: '2012-10-17', Statement: allow }],
    ['identity', { Statement: [allow, { ...allow, Effect: 'Deny' }] }],
    ['identity', { Version: '2012-10-17', Id: 'any text', Statement: [{ ...allow, Sid: 'One' }, { ...allow, Sid: 'Two' }, { ...allow, Sid: '' }] }],
    ['identity', { Version: '2012-10-17', Statement: [{ Effect: 'Deny', NotAction: ['iam:*', 'sts:*'], NotResource: ['arn:aws:s3:::a', 'arn:aws:s3:::a/*'] }] }],
    ['identity', { Version: '2012-10-17', Statement: [{ ...allow, Condition: { 'ForAnyValue:StringLikeIfExists': { 'aws:TagKeys': ['a', 'b'] }, Null: { 'aws:TokenIssueTime': false }, NumericLessThan: { 's3:max-keys': 10 } } }] }],
    ['trust', { Version: '2012-10-17', Statement: trust }],
    ['trust', { Version: '2012-10-17', Statement: { ...trust, Principal: { AWS: ['123456789012', 'arn:aws:iam::123456789012:role/a'] } } }],
    ['trust', { Version: '2012-10-17', Statement: { ...trust, Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: 'cognito-identity.amazonaws.com' } } }],
    ['resource', { Version: '2012-10-17', Statement: { ...allow, Principal: '*', Sid: 'any text here' } }],
    ['resource', { Version: '2012-10-17', Statement: { ...allow, NotPrincipal: { AWS: '*' }, Effect: 'Deny' } }],
  ]
  for (const [use, document] of taken) t.strictSame(readPolicy(JSON.stringify(document), use), document)
  t.end()
})

test('policies that are refused, and the reasons', (t) => {
  const refused: [use: PolicyUse, document: unknown, message: string][] = [
    ['identity', 'no JSON', 'This policy contains invalid Json'],
    ['identity', [], 'Syntax errors in policy.'],
    ['identity', {}, 'Syntax errors in policy.'],
    ['identity', { Version: '2012-10-17' }, 'Syntax errors in policy.'],
    ['identity', { Version: '2012-10-17', Statement: [] }, 'Syntax errors in policy.'],
    ['identity', { Version: '2013-01-01', Statement: allow }, 'Syntax errors in policy.'],
    ['identity', { Version: '2012-10-17', Statements: [allow], Statement: allow }, 'Syntax errors in policy.'],
    ['identity', { Version: '2012-10-17', Statement: { ...allow, Effect: 'allow' } }, 'Syntax errors in policy.'],
    ['identity', { Version: '2012-10-17', Statement: { ...allow, Resources: '*' } }, 'Syntax errors in policy.'],
    ['identity', { Version: '2012-10-17', Statement: { ...allow, Action: 1 } }, 'Syntax errors in policy.'],
    ['identity', { Version: '2012-10-17', Statement: { ...allow, NotAction: 's3:*' } }, 'Syntax errors in policy.'],
    ['identity', { Version: '2012-10-17', Statement: { Effect: 'Allow', Resource: '*' } }, 'Policy statement must contain actions.'],
    ['identity', { Version: '2012-10-17', Statement: { ...allow, Action: [] } }, 'Policy statement must contain actions.'],
    ['identity', { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*' } }, 'Policy statement must contain resources.'],
    ['identity', { Version: '2012-10-17', Statement: { ...allow, Action: 'GetObject' } }, 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'],
    ['identity', { Version: '2012-10-17', Statement: { ...allow, Action: 's 3:GetObject' } }, 'Vendor s 3 is not valid'],
    ['identity', { Version: '2012-10-17', Statement: { ...allow, Resource: 'bucket' } }, 'Resource bucket must be in ARN format or "*".'],
    ['identity', { Version: '2012-10-17', Statement: { ...allow, Sid: 'with space' } }, 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*'],
    ['identity', { Version: '2012-10-17', Statement: [{ ...allow, Sid: 'a' }, { ...allow, Sid: 'a' }] }, 'Statement IDs (SID) in a single policy must be unique.'],
    ['identity', { Version: '2012-10-17', Statement: { ...allow, Principal: '*' } }, 'Policy document should not specify a principal.'],
    ['identity', { Version: '2012-10-17', Statement: { ...allow, Condition: { StringIs: { 'aws:username': 'a' } } } }, 'Invalid Condition type : StringIs.'],
    ['identity', { Version: '2012-10-17', Statement: { ...allow, Condition: { NullIfExists: { 'aws:username': 'true' } } } }, 'Invalid Condition type : NullIfExists.'],
    ['identity', { Version: '2012-10-17', Statement: { ...allow, Condition: { StringEquals: 'a' } } }, 'Syntax errors in policy.'],
    ['identity', { Version: '2012-10-17', Statement: { ...allow, Condition: { StringEquals: { 'aws:username': { a: 1 } } } } }, 'Syntax errors in policy.'],
    ['trust', { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'sts:AssumeRole' } }, 'Missing required field Principal'],
    ['trust', { Version: '2012-10-17', Statement: { ...trust, Resource: '*' } }, 'Has prohibited field Resource'],
    ['trust', { Version: '2012-10-17', Statement: { ...trust, Action: 's3:GetObject' } }, 'AssumeRole policy may only specify STS AssumeRole actions.'],
    ['trust', { Version: '2012-10-17', Statement: { ...trust, Principal: { AWS: 'ann' } } }, 'Invalid principal in policy: "AWS":"ann"'],
    ['resource', { Version: '2012-10-17', Statement: allow }, 'Syntax errors in policy.'],
    ['resource', { Version: '2012-10-17', Statement: { ...allow, Principal: { User: 'ann' } } }, 'Syntax errors in policy.'],
  ]
  for (const [use, document, message] of refused) {
    const text = typeof document === 'string' ? document : JSON.stringify(document)
    t.throws(() => readPolicy(text, use), new BadPolicy(message), text)
  }
  t.end()
})
