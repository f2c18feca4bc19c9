import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { EmulatorAccess } from '../kit/emulator-access.ts'
import { scenario } from '../kit/scenario.ts'

const TABLE = 'image-metadata-by-user'
const ROLE = 'image-users'
const REGION = 'us-east-1'
const ARN = `arn:aws:dynamodb:${REGION}:000000000000:table/${TABLE}`

/** The policy of the seed, with the names of region, account and table in their places. */
const POLICY = {
  Version: '2012-10-17',
  Statement: [{
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'],
    Resource: [ARN, `${ARN}/index/*`],
    Condition: { StringEquals: { 'dynamodb:LeadingKeys': ['${cognito-identity.amazonaws.com:sub}'] } }, // eslint-disable-line no-template-curly-in-string -- a variable of the policy
  }],
}

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: 'cognito-identity.amazonaws.com' } }],
}

export default scenario('operations: a policy on leading keys lets each user reach its own items, and no others', {
  seed: '002',
  pattern: 'own items by policy',
  environment: { EMULATOR_IAM: 'on' },
  async run ({ emulator, check }) {
    await emulator.dynamodb.send(new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'userId', AttributeType: 'S' }, { AttributeName: 'imageId', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }, { AttributeName: 'imageId', KeyType: 'RANGE' }],
    }))
    await emulator.control('PUT', '/iam/principals', { roles: [{ RoleName: ROLE, AssumeRolePolicyDocument: TRUST, Policies: { own: POLICY } }] })
    const ann = await documentsOf('ann', emulator)
    const bob = await documentsOf('bob', emulator)

    await ann.send(new PutCommand({ TableName: TABLE, Item: { userId: 'ann', imageId: '1' } }))
    await bob.send(new PutCommand({ TableName: TABLE, Item: { userId: 'bob', imageId: '2' } }))
    check.equal((await ann.send(new GetCommand({ TableName: TABLE, Key: { userId: 'ann', imageId: '1' } }))).Item, { userId: 'ann', imageId: '1' }, 'a user reads its own item')
    const own = new QueryCommand({ TableName: TABLE, KeyConditionExpression: 'userId = :me', ExpressionAttributeValues: { ':me': 'ann' } })
    check.equal((await ann.send(own)).Count, 1, 'a user queries its own items')

    const refused = async (what: string, action: string, call: Promise<unknown>) => {
      const error = await call.then(() => undefined, (error: unknown) => error as Error)
      check.equal(error?.name, 'AccessDeniedException', `${what} is refused`)
      check.ok(error?.message.includes(`dynamodb:${action} on resource: ${ARN}`) ?? false, 'the message names action and resource')
    }
    await refused('another\'s item', 'GetItem', ann.send(new GetCommand({ TableName: TABLE, Key: { userId: 'bob', imageId: '2' } })))
    await refused('a Query of another\'s items', 'Query', bob.send(own))
    await refused('a write to another\'s items', 'PutItem', bob.send(new PutCommand({ TableName: TABLE, Item: { userId: 'ann', imageId: '3' } })))
    await refused('a batch with one key of another\'s', 'BatchGetItem', ann.send(new BatchGetCommand({ RequestItems: { [TABLE]: { Keys: [{ userId: 'ann', imageId: '1' }, { userId: 'bob', imageId: '2' }] } } })))
    await refused('a Scan', 'Scan', ann.send(new ScanCommand({ TableName: TABLE })))
    ann.destroy()
    bob.destroy()
    await emulator.dynamodb.send(new DeleteTableCommand({ TableName: TABLE }))
  },
})

/** What an app does after a sign-in: it exchanges the user's token for keys of the role. The call needs no signature. */
async function documentsOf (sub: string, emulator: EmulatorAccess): Promise<DynamoDBDocumentClient> {
  const { token } = await emulator.control<{ token: string }>('POST', '/tokens', { sub })
  const response = await fetch(emulator.url, {
    method: 'POST',
    body: new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: `arn:aws:iam::000000000000:role/${ROLE}`,
      RoleSessionName: sub,
      WebIdentityToken: token,
    }),
  })
  const answer = await response.text()
  const member = (name: string) => new RegExp(`<${name}>([^<]*)<`).exec(answer)?.[1] ?? ''
  const credentials = { accessKeyId: member('AccessKeyId'), secretAccessKey: member('SecretAccessKey'), sessionToken: member('SessionToken') }
  return DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: emulator.url, region: REGION, credentials, maxAttempts: 1 }))
}
