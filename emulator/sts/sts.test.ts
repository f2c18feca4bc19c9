import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { CreateRoleCommand } from '@aws-sdk/client-iam'
import { ListBucketsCommand } from '@aws-sdk/client-s3'
import {
  AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, GetAccessKeyInfoCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient
} from '@aws-sdk/client-sts'
import { test } from 'tap'
import { accessClients, configOf, fromSts } from '../iam/test-support/clients.ts'
import { startEmulator } from '../index.ts'
import { testEmulator, TEST_TIME, wireClients } from '../test-support/emulator.ts'

const ROLE = 'arn:aws:iam::000000000000:role/worker'

test('without IAM each access key is the root of its account', async (t) => {
  const emulator = await testEmulator(t)
  const { sts } = accessClients(t, emulator)
  t.match(await sts.send(new GetCallerIdentityCommand()), { UserId: '000000000000', Account: '000000000000', Arn: 'arn:aws:iam::000000000000:root' })
  const other = accessClients(t, emulator, { accessKeyId: '123456789012', secretAccessKey: 'any' })
  t.match(await other.sts.send(new GetCallerIdentityCommand()), { Account: '123456789012', Arn: 'arn:aws:iam::123456789012:root' })
  const real = accessClients(t, emulator, { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'any' })
  t.match(await real.sts.send(new GetCallerIdentityCommand()), { Account: '000000000000' }, 'a key of AWS\'s form that nobody issued here')
})

test('a role is assumed, and its session has an identity and an account of its own', async (t) => {
  const emulator = await testEmulator(t)
  const { sts } = accessClients(t, emulator)
  const answer = await sts.send(new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::123456789012:role/path/worker', RoleSessionName: 'night' }))
  t.match(answer, {
    Credentials: { AccessKeyId: /^ASIA[A-Z2-7]{16}$/, SecretAccessKey: /^.{40}$/, SessionToken: /^.{300,}$/, Expiration: new Date(TEST_TIME + 3600_000) },
    AssumedRoleUser: { AssumedRoleId: /^AROA[A-Z2-7]{16}:night$/, Arn: 'arn:aws:sts::123456789012:assumed-role/worker/night' },
  })
  const session = accessClients(t, emulator, fromSts(answer.Credentials))
  t.match(await session.sts.send(new GetCallerIdentityCommand()), {
    UserId: answer.AssumedRoleUser!.AssumedRoleId,
    Account: '123456789012',
    Arn: 'arn:aws:sts::123456789012:assumed-role/worker/night',
  })
  t.match(await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: answer.Credentials!.AccessKeyId })), { Account: '123456789012' })
})

test('temporary keys expire by the clock, in every service', async (t) => {
  const emulator = await testEmulator(t)
  const { sts } = accessClients(t, emulator)
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'night', DurationSeconds: 900 }))
  const session = new STSClient(configOf(emulator, fromSts(Credentials)))
  t.teardown(() => session.destroy())
  const { dynamodb, s3 } = wireClients(t, emulator, { accessKeyId: Credentials!.AccessKeyId })
  await emulator.clock.advance(899_000)
  await session.send(new GetCallerIdentityCommand())
  await emulator.clock.advance(1000)
  await t.rejects(session.send(new GetCallerIdentityCommand()), { name: 'ExpiredToken', message: 'The security token included in the request is expired', $metadata: { httpStatusCode: 403 } })
  await t.rejects(dynamodb.send(new ListTablesCommand({})), { name: 'ExpiredTokenException', message: 'The security token included in the request is expired', $metadata: { httpStatusCode: 400 } })
  await t.rejects(s3.send(new ListBucketsCommand({})), { name: 'ExpiredToken', message: 'The provided token has expired.' })
})

test('what AssumeRole refuses', async (t) => {
  const emulator = await testEmulator(t)
  const { sts, iam } = accessClients(t, emulator)
  const assume = (input: object) => sts.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'night', ...input }))
  await t.rejects(assume({ RoleArn: 'arn:aws:iam::000000000000:user/nobody' }), { name: 'ValidationError', message: 'arn:aws:iam::000000000000:user/nobody is invalid' })
  await t.rejects(assume({ RoleSessionName: 'a' }), { name: 'ValidationError', message: /'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2/ })
  await t.rejects(assume({ DurationSeconds: 60 }), { name: 'ValidationError', message: /Member must have value greater than or equal to 900/ })
  await t.rejects(assume({ Policy: '{' }), { name: 'MalformedPolicyDocument', message: 'This policy contains invalid Json' })
  await t.rejects(assume({ TransitiveTagKeys: ['team'] }), { name: 'InvalidParameterValue', message: 'The specified transitive tag key must be included in the requested tags.' })
  await t.rejects(assume({ SerialNumber: 'arn:aws:iam::000000000000:mfa/ann', TokenCode: '123456' }), { name: 'ValidationError', message: /not supported by this emulator/ })
  await iam.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '000000000000' } } }) }))
  await t.rejects(assume({ DurationSeconds: 3601 }), { name: 'ValidationError', message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.' })
  const chained = accessClients(t, emulator, fromSts((await assume({})).Credentials))
  await t.rejects(chained.sts.send(new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::000000000000:role/other', RoleSessionName: 'night', DurationSeconds: 7200 })),
    { message: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.' })
  await t.rejects(chained.sts.send(new GetSessionTokenCommand()), { name: 'AccessDenied', message: 'Cannot call GetSessionToken with session credentials' })
})

test('GetSessionToken', async (t) => {
  const emulator = await testEmulator(t)
  const { sts } = accessClients(t, emulator)
  const { Credentials } = await sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }))
  t.same(Credentials!.Expiration, new Date(TEST_TIME + 900_000))
  t.match(await accessClients(t, emulator, fromSts(Credentials)).sts.send(new GetCallerIdentityCommand()), { Arn: 'arn:aws:iam::000000000000:root' })
})

test('a token of the local issuer is exchanged for a session, without a signature', async (t) => {
  const emulator = await testEmulator(t)
  const { token } = await emulator.tokens.issue({ sub: 'user-1' })
  const sts = new STSClient({ region: 'us-east-1', endpoint: emulator.url, maxAttempts: 1, credentials: { accessKeyId: 'unused', secretAccessKey: 'unused' } })
  t.teardown(() => sts.destroy())
  const exchange = (WebIdentityToken: string) => sts.send(new AssumeRoleWithWebIdentityCommand({ RoleArn: ROLE, RoleSessionName: 'web', WebIdentityToken }))
  t.match(await exchange(token), {
    SubjectFromWebIdentityToken: 'user-1',
    Provider: emulator.tokens.issuer,
    AssumedRoleUser: { Arn: 'arn:aws:sts::000000000000:assumed-role/worker/web' },
    Credentials: { AccessKeyId: /^ASIA/ },
  })
  await t.rejects(exchange(`${token.slice(0, -8)}AAAAAAAA`), { name: 'InvalidIdentityToken' }, 'a wrong signature')
  await t.rejects(exchange('no.token.here'), { name: 'InvalidIdentityToken' })
  await emulator.clock.advance(2 * 3600_000)
  await t.rejects(exchange(token), { name: 'ExpiredTokenException', message: 'Token expired' })
})

test('a form without a signature gets STS\'s refusal, and no operation of IAM', async (t) => {
  const emulator = await testEmulator(t)
  const post = (body: string) => fetch(emulator.url!, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  const unsigned = await post('Action=GetCallerIdentity&Version=2011-06-15')
  t.equal(unsigned.status, 403)
  t.match(await unsigned.text(), /<Code>MissingAuthenticationToken<\/Code>/)
  t.match(await (await post('Action=ListUsers&Version=2010-05-08')).text(), /<Code>InvalidAction<\/Code>/)
})

test('sessions outlive a restart, and are in snapshots', async (t) => {
  const dataPath = mkdtempSync(join(tmpdir(), 'sandtable-sts-'))
  const first = await startEmulator({ dataPath, frozenAt: TEST_TIME })
  const client = new STSClient(configOf(first, { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' }))
  const { Credentials } = await client.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'night' }))
  await first.snapshots.save('with-session')
  client.destroy()
  await first.close()
  const emulator = await testEmulator(t, { dataPath })
  const session = accessClients(t, emulator, fromSts(Credentials))
  const arn = 'arn:aws:sts::000000000000:assumed-role/worker/night'
  t.match(await session.sts.send(new GetCallerIdentityCommand()), { Arn: arn })
  await emulator.reset()
  t.match(await session.sts.send(new GetCallerIdentityCommand()), { Arn: 'arn:aws:iam::000000000000:root' }, 'a reset forgets it')
  await emulator.snapshots.restore('with-session')
  t.match(await session.sts.send(new GetCallerIdentityCommand()), { Arn: arn })
})
