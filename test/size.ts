// The features at their full sizes, against the built `sandtable start`, with its state on disk.
// Run by `npm run test:size`, by hand: it takes minutes. Each test prints what it measured.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3'
import { BatchWriteCommand, DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb'
import sharp from 'sharp'
import { test, type Test } from 'tap'
import { StartedKit } from './test-support/started-kit.ts'

type Item = Record<string, unknown>
interface Answer<T> { data: T }
interface Page<T> { data: T[], lastEvaluatedKey: string | null }
interface Message { timestamp: string, content: string }

function documentsOf (t: Test, kit: StartedKit): DynamoDBDocumentClient {
  const client = new DynamoDBClient({ endpoint: kit.emulator, region: 'us-east-1', credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' } })
  t.teardown(() => client.destroy())
  return DynamoDBDocumentClient.from(client)
}

async function scan (documents: DynamoDBDocumentClient, TableName: string): Promise<Item[]> {
  const all: Item[] = []
  for await (const { Items = [] } of paginateScan({ client: documents }, { TableName })) all.push(...Items)
  return all
}

/** As exact as the emulator's is: at once. */
async function itemCount (documents: DynamoDBDocumentClient, TableName: string): Promise<number> {
  const { Table } = await documents.send(new DescribeTableCommand({ TableName }))
  return Number(Table?.ItemCount)
}

/** Runs something `count` times, a number of them in parallel. */
async function times (count: number, atOnce: number, act: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next < count) await act(next++)
  }))
}

async function write (documents: DynamoDBDocumentClient, table: string, items: readonly Item[]): Promise<void> {
  await times(Math.ceil(items.length / 25), 8, (batch) => documents.send(new BatchWriteCommand({
    RequestItems: { [table]: items.slice(batch * 25, batch * 25 + 25).map((Item) => ({ PutRequest: { Item } })) },
  })))
}

await test('200 photographs at once are all completed and counted, though their process is killed twice', async (t) => {
  const directory = t.testdir({})
  const photograph = await sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } } }).jpeg({ quality: 90 }).toBuffer()
  const file = new Blob([new Uint8Array(photograph)])
  let kit = await StartedKit.start(t, directory)
  const locations = await Promise.all(Array.from({ length: 200 }, async () => {
    const form = new FormData()
    form.append('file', file, 'photo.jpg')
    form.append('userId', 'mary')
    const response = await fetch(`${kit.api}/api/images`, { method: 'POST', body: form })
    if (response.status !== 202) throw new Error(`answered ${response.status}: ${await response.text()}`)
    return String(response.headers.get('location'))
  }))
  const sentMb = 200 * photograph.length / 2 ** 20
  const peakMb = await kit.peakMb()
  t.comment(`sent ${sentMb.toFixed(0)} MB at once, peak memory of the process ${peakMb.toFixed(0)} MB`)
  t.ok(peakMb < sentMb / 2, 'they are streamed, not held')

  for (const done of [40, 100]) {
    await fetch(`${kit.api}${locations[done]!.replace('?', '/events?')}`).then((response) => response.text()) // it ends with the last step
    await kit.kill()
    kit = await StartedKit.start(t, directory)
  }
  const images = await Promise.all(locations.map(async (location) => {
    await fetch(`${kit.api}${location.replace('?', '/events?')}`).then((response) => response.text())
    return (await kit.call<Answer<{ imageId: string, status: string, processedS3Key: string }>>('GET', location)).data
  }))
  t.equal(new Set(images.map(({ imageId }) => imageId)).size, 200)
  t.strictSame(new Set(images.map(({ status }) => status)), new Set(['completed']), 'nothing is stuck')
  const { data: { statistics } } = await kit.call<Answer<{ statistics: Item }>>('GET', '/api/users/mary/profile')
  t.match(statistics, { totalImages: 200, totalStorageUsed: 200 * photograph.length })
  const s3 = new S3Client({ endpoint: kit.emulator, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' } })
  t.teardown(() => s3.destroy())
  const keys: string[] = []
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: 'sandtable' })) keys.push(...Contents.map(({ Key = '' }) => Key))
  const processed = keys.filter((key) => key.startsWith('processed/'))
  t.strictSame([keys.length - processed.length, processed.sort()], [200, images.map(({ processedS3Key }) => processedS3Key).sort()], 'nothing twice')
})

await test('a conversation of thousands of messages, and ten thousand conversations', async (t) => {
  const kit = await StartedKit.start(t, t.testdir({}))
  const documents = documentsOf(t, kit)
  const token = await kit.token('ada')
  const clock = (path: string, body?: object) => kit.call('POST', `${kit.emulator}/_sandtable/clock/${path}`, { body })
  await kit.call('PUT', `${kit.emulator}/_sandtable/clock`, { body: { now: Date.parse('2026-03-20T12:00:00Z') } })
  await clock('freeze')

  const start = async () => (await kit.call<Answer<{ conversationId: string }>>('POST', '/api/chat/conversations', { body: {}, status: 201, token })).data.conversationId
  const conversationId = await start()
  const url = `/api/chat/conversations/${conversationId}/messages`
  const post = (content: string) => kit.call('POST', url, { body: { role: 'user', content }, status: 201, token })
  const pages = async (order: string, limit: number): Promise<Message[]> => {
    const all: Message[] = []
    for (let after: string | null = ''; after !== null;) {
      const more: string = after && `&lastEvaluatedKey=${encodeURIComponent(after)}`
      const page: Page<Message> = (await kit.call<Answer<Page<Message>>>('GET', `${url}?order=${order}&limit=${limit}${more}`, { token })).data
      all.push(...page.data)
      after = page.lastEvaluatedKey
    }
    return all
  }

  await t.test('1,000 messages of 20 clients in one millisecond are all there, in order', async (t) => {
    await times(1000, 20, (index) => post(`${index}`))
    const stored = await pages('asc', 1000)
    const first = Date.parse(stored[0]!.timestamp)
    t.strictSame(stored.map(({ timestamp }) => Date.parse(timestamp) - first), Array.from({ length: 1000 }, (_, index) => index), 'each has its own millisecond')
    t.equal(new Set(stored.map(({ content }) => content)).size, 1000, 'none is overwritten')
    const { data: { data: [entry] } } = await kit.call<Answer<Page<Item>>>('GET', '/api/chat/conversations', { token })
    t.match(entry, { unread: 1000, lastMessage: { timestamp: stored.at(-1)!.timestamp } })
  })

  await t.test('5,000 messages page completely, forwards and backwards', async (t) => {
    await times(4000, 20, (index) => post(`${1000 + index}`))
    const forwards = await pages('asc', 97)
    t.equal(new Set(forwards.map(({ content }) => content)).size, 5000)
    t.strictSame((await pages('desc', 311)).reverse(), forwards)
  })

  await t.test('deleted while it is written to, it leaves nothing behind', async (t) => {
    const writers = Array.from({ length: 5 }, async () => {
      let status = 201
      while (status === 201) {
        status = (await fetch(kit.api + url, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: '{"role":"user","content":"more"}' })).status
      }
      return status
    })
    await kit.call('DELETE', `/api/chat/conversations/${conversationId}`, { token })
    t.strictSame(await Promise.all(writers), Array(5).fill(404))
    t.strictSame((await scan(documents, 'learning-navigator')).filter((item) => JSON.stringify(item).includes(conversationId)), [])
  })

  await t.test('10,000 conversations over a month boundary are counted from one Query a day', async (t) => {
    for (let day = 0; day < 27; day++) {
      await times(day < 10 ? 371 : 370, 20, start)
      await clock('advance', { by: '1d' })
    }
    const counts: Record<string, number> = {}
    for (const { GSI1PK, SK } of await scan(documents, 'learning-navigator')) if (SK === 'METADATA') counts[String(GSI1PK).slice('DATE#'.length)] = (counts[String(GSI1PK).slice('DATE#'.length)] ?? 0) + 1
    t.equal(Object.values(counts).reduce((sum, count) => sum + count, 0), 10_000)
    const admin = await kit.token('grace', ['admin'])
    const response = await fetch(`${kit.api}/api/chat/analytics/conversations?from=2026-03-20&to=2026-04-15`, { headers: { authorization: `Bearer ${admin}` } })
    const { data } = await response.json() as Answer<{ count: number, days: { date: string, count: number }[] }>
    t.strictSame(Object.fromEntries(data.days.map(({ date, count }) => [date, count])), counts, 'as a Scan has it')
    const { calls } = await kit.call<{ calls: { operation: string }[] }>('GET', `${kit.emulator}/_sandtable/trace?causedBy=${response.headers.get('x-request-id')}`)
    t.strictSame(calls.map(({ operation }) => operation), Array(27).fill('Query'))
  })
})

await test('50,000 reports that are exported and imported again are the same', async (t) => {
  const directory = t.testdir({})
  const kit = await StartedKit.start(t, directory)
  const at = '2026-03-01T12:00:00.000Z'
  const line = (index: number) => JSON.stringify({ id: `r-${index}`, user_id: `u-${index % 100}`, title: `Report ${index}`, version: 1, created_at: at, updated_at: at })
  const lines = Array.from({ length: 50_000 }, (_, index) => line(index))
  await writeFile(join(directory, 'reports.jsonl'), lines.join('\n'))
  t.match(await kit.run('data', 'import', 'reports.jsonl', '--table', 'reports'), '50000 read, 50000 written, 0 refused')
  const sorted = (text: string) => text.trimEnd().split('\n').sort()
  const exported = await kit.run('data', 'export', '--table', 'reports')
  t.equal(sorted(exported).length, 50_000)

  await kit.run('reset', '--emulator', kit.emulator)
  await writeFile(join(directory, 'exported.jsonl'), exported)
  t.match(await kit.run('data', 'import', 'exported.jsonl', '--table', 'reports'), '50000 read, 50000 written, 0 refused')
  t.ok(sorted(await kit.run('data', 'export', '--table', 'reports')).join('\n') === sorted(exported).join('\n'), 'item by item')

  const bad = lines.slice(0, 1000)
  for (let index = 0; index < 10; index++) bad.splice(index * 100, 0, index % 2 ? '{"id":' : '{"id":"x"}')
  await writeFile(join(directory, 'bad.jsonl'), bad.join('\n'))
  t.match(await kit.run('data', 'import', 'bad.jsonl', '--table', 'reports').catch((error: unknown) => error), { stdout: /1010 read, 1000 written, 10 refused/ })
})

await test('10,000 users are migrated, though the migration is killed half way', async (t) => {
  const directory = t.testdir({})
  const kit = await StartedKit.start(t, directory, { FACE_DESIGN: 'history' })
  await kit.run('tables', 'create', '--endpoint', kit.emulator) // those of the one-record design
  const documents = documentsOf(t, kit)
  const [history, records] = ['face-verifications-history', 'face-verifications']
  const USERS = 10_000

  /** The validation that has to be kept of each user: the latest that succeeded, else the latest. */
  const expected = new Map<string, string>()
  const items: Item[] = []
  for (let user = 0; user < USERS; user++) {
    const userId = `user-${user}`
    const count = user * 7 % 20 + 1
    let best = -1
    for (let index = 0; index < count; index++) {
      const isSuccess = (user + index) % 4 === 1
      const timestamp = new Date(Date.now() - 86_400_000 + index * 60_000).toISOString()
      if (isSuccess || (index === count - 1 && best < 0)) [best] = [index, expected.set(userId, timestamp)]
      items.push({
        userId,
        registrationId: `reg-${index * 7 % 20}`, // whose order is not that of the times
        eventId: 'event-1',
        name: `Name of ${userId}`,
        validationStatus: isSuccess ? 'success' : 'failed',
        confidence: isSuccess ? 95 : 40,
        quality: 'HIGH',
        ...isSuccess && { faceId: `face_${user}_${index}`, faceVector: [0.5, 0.25] },
        faceImageKey: 'new.jpg',
        storedFaceKey: 'stored.jpg',
        comparisonResult: { similarity: isSuccess ? 0.95 : 0.4, isMatch: isSuccess },
        attributes: { age: 30 },
        metadata: { source: 'face-verification-api', ipAddress: '127.0.0.1', eventId: 'event-1' },
        timestamp,
        createdAt: timestamp,
        updatedAt: timestamp,
        expiresAt: Math.floor(Date.now() / 1000) + 29 * 86_400,
        attempts: [],
      })
    }
  }
  await write(documents, history, items)
  const migrate = ['migrate-faces', '--endpoint', kit.emulator, '--json']
  const counted = { users: { read: USERS, migrated: USERS, skipped: 0, failed: 0 }, validations: items.length }

  await t.test('a dry run counts, and writes nothing', async (t) => {
    t.match(JSON.parse(await kit.run(...migrate, '--dry-run')), { dryRun: true, ...counted, backup: null })
    t.strictSame(await scan(documents, records), [])
    t.strictSame((await readdir(directory)).filter((name) => name.startsWith(history)), [])
  })

  let backup = ''
  await t.test('killed, and run again, it ends with exact counts and a whole backup', async (t) => {
    const killed = kit.spawned(...migrate)
    const ended = killed.done.catch((error: unknown) => error)
    while (await itemCount(documents, records) < USERS / 2) await sleep(5)
    killed.process.kill('SIGKILL')
    t.match(await ended, { signal: 'SIGKILL' })
    const there = await itemCount(documents, records)
    t.ok(there < USERS, 'it was on its way')
    t.comment(`killed when ${there} of ${USERS} users were migrated`)

    const result = JSON.parse(await kit.run(...migrate)) as { backup: string }
    t.match(result, { resumed: true, ...counted })
    backup = result.backup
    const lines = (await readFile(backup, 'utf8')).trimEnd().split('\n')
    t.strictSame([lines.length, new Set(lines).size], [items.length, items.length])
  })

  await t.test('every user has the right record', async (t) => {
    const stored = await scan(documents, records)
    t.strictSame(new Map(stored.map(({ userId, timestamp }) => [String(userId), String(timestamp)])), new Map([...expected].sort()), 'of the right validation')
    t.ok(stored.every(({ userId, name, faceId }) => name === `Name of ${String(userId)}` && String(faceId).startsWith('face_')))
  })

  await t.test('the backup restores the old table', async (t) => {
    const before = await scan(documents, history)
    await kit.run('tables', 'delete', '--endpoint', kit.emulator, '--yes')
    await kit.run('tables', 'create', '--endpoint', kit.emulator)
    await kit.run('migrate-faces', '--endpoint', kit.emulator, '--restore', backup)
    t.ok(isDeepStrictEqual(await scan(documents, history), before))
  })
})
