import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand, CreateBucketCommand } from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import type { Emulator } from '../index.ts'
import { drawPortrait } from '../rekognition/test-support/pictures.ts'
import { conversations, PICTURES, SCALED, WATCHED, type Call, type ServiceName } from './conversations.ts'

/** Makes a call by whatever client; the answer in the members that every SDK has, a body as text. */
export type Caller = (service: ServiceName, operation: string, input: object) => Promise<Record<string, unknown>>

/** What the conversations take for granted. */
export async function prepare (emulator: Emulator): Promise<void> {
  const { dynamodb, s3 } = emulator.clients()
  await dynamodb.send(new CreateTableCommand({
    TableName: WATCHED.table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  }))
  await dynamodb.send(new PutItemCommand({ TableName: WATCHED.table, Item: { id: { S: WATCHED.id } } }))
  await dynamodb.send(new CreateTableCommand({
    TableName: SCALED,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
  }))
  await s3.send(new CreateBucketCommand({ Bucket: PICTURES.bucket }))
  await Promise.all([PICTURES.ada, PICTURES.bob].map(async (Key, person) =>
    s3.send(new PutObjectCommand({ Bucket: PICTURES.bucket, Key, Body: await drawPortrait(person + 1) }))))
}

/**
 * Has a service's conversation, and holds every answer against what is expected of it.
 * @param lacks  operations that the client does not know
 */
export async function converse (t: Test, service: ServiceName, caller: Caller, lacks: readonly string[] = []): Promise<void> {
  const answers: Record<string, unknown> = {}
  for (const { operation, input, expected = {}, fails } of conversations[service] as readonly Call<string>[]) {
    if (lacks.includes(operation)) continue
    const given = typeof input === 'function' ? input(answers) : input
    const answer = await caller(service, operation, given).catch((error: unknown) => error as Record<string, unknown>)
    if (fails !== undefined) {
      t.match(answer instanceof Error ? `${answer.name} ${answer.message}` : answer, fails, `${operation} fails`)
      continue
    }
    if (!t.match(answer, expected, operation) || !t.notOk(answer instanceof Error, `${operation} succeeds`)) return t.comment(answer)
    answers[operation] = answer
  }
}
