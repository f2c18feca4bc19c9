import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { DescribeTableCommand, UpdateTableCommand, type AttributeValue } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, GetObjectCommand, paginateListObjectsV2, PutObjectCommand } from '@aws-sdk/client-s3'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { CONVERSATIONS, conversationWith } from '../kit/chat.ts'
import type { EmulatorAccess } from '../kit/emulator-access.ts'
import { scenario } from '../kit/scenario.ts'

const ARCHIVE = 'chat-archive'

/** A record of a stream, as Lambda has it in an event. */
interface StreamRecord {
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  userIdentity?: { type: string, principalId: string }
  dynamodb: { SequenceNumber: string, Keys: Record<string, AttributeValue>, NewImage?: Record<string, AttributeValue> }
}

export default scenario('operations: every change of the chat is archived in S3 by its stream, deletions and expiry too', {
  seed: '004',
  pattern: 'archive by stream',
  // It moves the clock, and changes a table.
  environment: {},
  async run ({ caller, emulator, check, tables: { chat: TableName } }) {
    await emulator.s3.send(new CreateBucketCommand({ Bucket: ARCHIVE }))
    await emulator.dynamodb.send(new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } }))
    const { Table } = await emulator.dynamodb.send(new DescribeTableCommand({ TableName }))
    check.ok(Table?.LatestStreamArn !== undefined, 'the table has a stream')
    const archiver = await startArchiver(emulator)
    try {
      const url = `http://127.0.0.1:${(archiver.address() as AddressInfo).port}/` // it listens on a port
      await emulator.control('PUT', '/triggers/archive', { table: TableName, url, startingPosition: 'TRIM_HORIZON', batchSize: 10 })

      const { api } = await caller()
      const kept = await conversationWith(api, ['How do I learn?', 'And then?'])
      const { conversation: { conversationId } } = await conversationWith(api, ['Forget this'])
      check.status(await api.delete(`${CONVERSATIONS}/${conversationId}`), 200)
      const session = await api.post('/api/chat/sessions', {})
      check.status(session, 201)
      await emulator.advance('2h')
      await emulator.control('POST', '/settled')

      const records = await archived(emulator)
      check.equal(records.length, new Set(records.map(({ dynamodb }) => dynamodb.SequenceNumber)).size, 'no change is archived twice')
      check.equal(replayed(records), await tableAsIs(emulator, TableName), 'the changes in order give the table as it is')
      const texts = records.map(({ dynamodb }) => dynamodb.NewImage?.content?.S)
      check.ok(texts.includes('Forget this'), 'a message that was deleted is in the archive')
      check.ok(kept.messages.every(({ content }) => texts.includes(content)), 'so are those that were kept')
      const expired = records.filter(({ userIdentity }) => userIdentity?.principalId === 'dynamodb.amazonaws.com')
      check.equal(expired.map(({ eventName, dynamodb: { Keys } }) => [eventName, Keys.PK?.S?.startsWith('SESSION#')]), [['REMOVE', true]], 'the session that expired is marked as deleted by DynamoDB')
    } finally {
      archiver.closeAllConnections()
      archiver.close()
    }
  },
})

/** What a Lambda function would do: an object for each batch of changes, named by its first sequence number. */
async function startArchiver ({ s3 }: EmulatorAccess): Promise<Server> {
  const server = createServer((request, response) => {
    void (async () => {
      const { Records } = await json(request) as { Records: StreamRecord[] } // the event of a DynamoDB trigger
      const Body = Records.map((record) => `${JSON.stringify(record)}\n`).join('')
      await s3.send(new PutObjectCommand({ Bucket: ARCHIVE, Key: `changes/${Records[0]!.dynamodb.SequenceNumber}.jsonl`, Body }))
      response.end('{}')
    })().catch(() => response.writeHead(500).end())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** All changes of the archive, in the order of their sequence numbers. */
async function archived ({ s3 }: EmulatorAccess): Promise<StreamRecord[]> {
  const records: StreamRecord[] = []
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: ARCHIVE })) {
    for (const { Key } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: ARCHIVE, Key }))
      const lines = (await Body!.transformToString()).trimEnd().split('\n')
      records.push(...lines.map((line) => JSON.parse(line) as StreamRecord)) // as it was written above
    }
  }
  return records.sort((one, other) => BigInt(one.dynamodb.SequenceNumber) < BigInt(other.dynamodb.SequenceNumber) ? -1 : 1)
}

type Items = Record<string, Record<string, unknown>>

/** The items that result from the changes, by their keys. */
function replayed (records: readonly StreamRecord[]): Items {
  const items = new Map<string, Record<string, unknown>>()
  for (const { eventName, dynamodb: { Keys, NewImage = {} } } of records) {
    const key = keyOf(unmarshall(Keys))
    if (eventName === 'REMOVE') items.delete(key)
    else items.set(key, unmarshall(NewImage))
  }
  return Object.fromEntries([...items].sort())
}

async function tableAsIs ({ documents }: EmulatorAccess, TableName: string): Promise<Items> {
  const { Items = [] } = await documents.send(new ScanCommand({ TableName, ConsistentRead: true }))
  return Object.fromEntries(Items.map((item) => [keyOf(item), item] as const).sort())
}

const keyOf = ({ PK, SK }: Record<string, unknown>) => `${String(PK)} ${String(SK)}`
