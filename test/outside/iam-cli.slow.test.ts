// IAM as the AWS CLI sees it: users, keys, roles and refusals. Skipped where the CLI is not installed.
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { test } from 'tap'
import { startEmulator } from '../../emulator/index.ts'

const installed = spawnSync('aws', ['--version']).status === 0

test('the AWS CLI makes a user with a policy, and is refused what the policy does not allow', { skip: installed ? false : 'aws is not installed', timeout: 120_000 }, async (t) => {
  const emulator = await startEmulator({ iam: true })
  t.teardown(() => emulator.close())
  const { dynamodb } = emulator.clients()
  await dynamodb.send(new CreateTableCommand({
    TableName: 'face-verifications', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'userId', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }],
  }))
  await dynamodb.send(new PutItemCommand({ TableName: 'face-verifications', Item: { userId: { S: 'ann' } } }))

  type Keys = Record<'AccessKeyId' | 'SecretAccessKey', string> & { SessionToken?: string }
  const as = ({ AccessKeyId, SecretAccessKey, SessionToken }: Keys) => async (...args: string[]) => {
    const { stdout } = await promisify(execFile)('aws', args, {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        AWS_ENDPOINT_URL: emulator.url,
        AWS_ACCESS_KEY_ID: AccessKeyId,
        AWS_SECRET_ACCESS_KEY: SecretAccessKey,
        ...SessionToken !== undefined && { AWS_SESSION_TOKEN: SessionToken },
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_MAX_ATTEMPTS: '1',
        AWS_PAGER: '',
      },
    })
    return JSON.parse(stdout || '{}') as Record<string, Record<string, string>>
  }
  const root = as({ AccessKeyId: 'sandtable', SecretAccessKey: 'sandtable' })
  const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/face-verifications'
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:Query'], Resource: arn }] })
  const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: 'arn:aws:iam::000000000000:user/reader' } }] })

  await root('iam', 'create-user', '--user-name', 'reader')
  await root('iam', 'put-user-policy', '--user-name', 'reader', '--policy-name', 'read', '--policy-document', policy)
  const { AccessKey: key } = await root('iam', 'create-access-key', '--user-name', 'reader')
  const reader = as(key as Keys)
  t.match(await reader('sts', 'get-caller-identity'), { Arn: 'arn:aws:iam::000000000000:user/reader' })
  const read = ['dynamodb', 'get-item', '--table-name', 'face-verifications', '--key', '{"userId":{"S":"ann"}}']
  t.match(await reader(...read), { Item: { userId: { S: 'ann' } } })
  await t.rejects(reader('dynamodb', 'delete-item', ...read.slice(2)), {
    name: 'Error',
    stderr: new RegExp(`\\(AccessDeniedException\\) when calling the DeleteItem operation: User: arn:aws:iam::000000000000:user/reader is not authorized to perform: dynamodb:DeleteItem on resource: ${arn} because no identity-based policy allows the dynamodb:DeleteItem action`),
  })
  await t.rejects(as({ AccessKeyId: key!.AccessKeyId!, SecretAccessKey: 'wrong' })(...read), { name: 'Error', stderr: /\(InvalidSignatureException\)/ })

  await root('iam', 'create-role', '--role-name', 'auditor', '--assume-role-policy-document', trust)
  const { Credentials } = await reader('sts', 'assume-role', '--role-arn', 'arn:aws:iam::000000000000:role/auditor', '--role-session-name', 'night')
  await t.rejects(as(Credentials as Keys)(...read), { name: 'Error', stderr: /User: arn:aws:sts::000000000000:assumed-role\/auditor\/night is not authorized to perform: dynamodb:GetItem/ })
})
