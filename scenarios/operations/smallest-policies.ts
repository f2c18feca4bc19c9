import { DeleteTableCommand, DescribeTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Embedding, Report } from '../../server/features/report/schemas.ts'
import { conversationWith, messagesOf, pathOf } from '../kit/chat.ts'
import type { Tables } from '../kit/expected-calls.ts'
import { made } from '../kit/given.ts'
import { scenario, type ScenarioContext } from '../kit/scenario.ts'

/** Actions by what they are allowed on: a table, an index of one, or the objects of a bucket; `*` for Rekognition's pictures. */
type Rights = Readonly<Record<string, readonly string[]>>

interface Feature {
  name: string
  /** Each kind of request that its users make. */
  use: (context: ScenarioContext) => Promise<void>
  /** What those need, and no more. */
  rights: Rights
  /** One of its tables, and one of another feature. */
  table: keyof Tables
  foreign: keyof Tables
}

const FEATURES: readonly Feature[] = [
  {
    name: 'face verification',
    async use ({ api, given }) {
      const { userId, registration } = await given.verifiedUser()
      made(await api.get(`/api/registrations/${userId}/face`))
      made(await api.put(`/api/registrations/${userId}/face`, { confidence: 97.5 }))
      made(await api.delete(`/api/registrations/${userId}/face`))
      made(await api.get(`/api/registrations/${registration.registrationId}`))
    },
    rights: {
      '*': ['rekognition:CompareFaces', 'rekognition:DetectFaces'],
      events: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      faces: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      objects: ['s3:GetObject', 's3:PutObject'],
      registrations: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    },
    table: 'faces',
    foreign: 'reports',
  },
  {
    name: 'images',
    async use ({ api, given }) {
      const { imageId, userId } = await given.image()
      made(await api.get(`/api/users/${userId}/images`))
      made(await api.delete(`/api/images/${imageId}?userId=${userId}`))
    },
    rights: {
      images: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      'images/index/UserImages': ['dynamodb:Query'],
      objects: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
    },
    table: 'images',
    foreign: 'faces',
  },
  {
    name: 'chat',
    async use ({ caller }) {
      const { api } = await caller()
      const { conversation } = await conversationWith(api, ['Hello'])
      made(await api.get(messagesOf(conversation)))
      made(await api.delete(pathOf(conversation)))
    },
    rights: {
      chat: ['dynamodb:BatchWriteItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    },
    table: 'chat',
    foreign: 'reports',
  },
  {
    name: 'reports',
    async use ({ caller }) {
      const { api } = await caller()
      const { id } = made(await api.post<Report>('/api/reports', { title: 'First steps' }))
      made(await api.get(`/api/reports/${id}`))
      made(await api.get('/api/reports'))
      made(await api.delete(`/api/reports/${id}`))
      const { product_id: product } = made(await api.put<Embedding>('/api/embeddings/shoe', { model_version: 'v1', embedding_vector: [1, 0] }))
      made(await api.get(`/api/embeddings/${product}/similar`))
    },
    rights: {
      embeddings: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      'embeddings/index/ModelVersionIndex': ['dynamodb:Query'],
      reports: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
      'reports/index/UserReportsIndex': ['dynamodb:Query'],
    },
    table: 'reports',
    foreign: 'chat',
  },
]

export default scenario('operations: each feature needs a handful of actions on its own tables, and has no others', {
  seed: '000',
  pattern: 'access controlled by IAM',
  environment: { EMULATOR_IAM: 'on' },
  async run (context) {
    const { emulator, check, tables } = context
    for (const [number, { name, use, rights, table, foreign }] of FEATURES.entries()) {
      const { sequence } = await emulator.control<{ sequence: number }>('GET', '/trace?limit=1')
      await use(context)
      const { policy } = await emulator.control<{ policy: Policy }>('GET', `/iam/policy?causedBy=*&after=${sequence}`)
      check.equal(rightsOf(policy, tables), rights, `the smallest policy of ${name}`)

      const key = { AccessKeyId: `feature-${number}`, SecretAccessKey: `secret-${number}` }
      await emulator.control('PUT', '/iam/principals', { users: [{ UserName: `feature-${number}`, Policies: { smallest: policy }, AccessKeys: [key] }] })
      const dynamodb = new DynamoDBClient({
        endpoint: emulator.url, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey },
      })
      const outcome = (call: Promise<unknown>) => call.then(() => 'allowed', (error: Error) => error.name)
      check.equal(await outcome(dynamodb.send(new PutItemCommand({ TableName: tables[table], Item: {} }))), 'ValidationException', `${name}: a write to its own table is looked at`)
      check.equal(await outcome(dynamodb.send(new DescribeTableCommand({ TableName: tables[foreign] }))), 'AccessDeniedException', `${name}: another's table is out of reach`)
      check.equal(await outcome(dynamodb.send(new DeleteTableCommand({ TableName: tables[table] }))), 'AccessDeniedException', `${name}: its own table cannot be deleted`)
      dynamodb.destroy()
    }
  },
})

interface Policy { Version: string, Statement: { Effect: 'Allow', Action: string[], Resource: string | string[] }[] }

/** A policy by what it allows something on, in the names that scenarios use. */
function rightsOf ({ Statement }: Policy, tables: Tables): Rights {
  const short = new Map(Object.entries(tables).map(([short, name]) => [name, short]))
  const rights: Record<string, string[]> = {}
  for (const { Action, Resource } of Statement) {
    for (const arn of [Resource].flat()) {
      const [, table, index = ''] = /:table\/([^/]+)(\/.*)?$/.exec(arn) ?? []
      const resource = table === undefined ? arn.startsWith('arn:aws:s3:') ? 'objects' : arn : `${short.get(table)}${index}`
      rights[resource] = [...rights[resource] ?? [], ...Action].sort()
    }
  }
  return rights
}
