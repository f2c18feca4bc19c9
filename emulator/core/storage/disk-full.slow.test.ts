import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CreateTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import tap, { test } from 'tap'
import { startEmulator } from '../../index.ts'
import { wireClients } from '../../test-support/emulator.ts'

const MB = 1024 * 1024

/** A small file system of its own at a path, or why there is none. */
function mountSmall (path: string): string | undefined {
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', path], { encoding: 'utf8' })
  return status === 0 ? undefined : `a tmpfs cannot be mounted here: ${error?.message ?? stderr.trim()}`
}

const disk = await mkdtemp(join(tmpdir(), 'sandtable-full-'))
const refused = process.platform === 'linux' ? mountSmall(disk) : 'needs Linux'
tap.teardown(async () => {
  spawnSync('umount', ['-l', disk])
  await rm(disk, { recursive: true })
})

test('on a full disk reads work, and writes resume without a restart once there is space', { skip: refused ?? false }, async (t) => {
  const dataPath = join(disk, 'data')
  await mkdir(dataPath)
  const warnings: string[] = []
  const errors: unknown[] = []
  const open = () => startEmulator({ dataPath, onWarning: (text) => warnings.push(text), onError: (event) => errors.push(event) })
  const emulator = await open()
  let closed = false
  t.teardown(async () => { if (!closed) await emulator.close() })
  const { dynamodb, s3 } = wireClients(t, emulator)
  await dynamodb.send(new CreateTableCommand({
    TableName: 'things', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }))
  await s3.send(new CreateBucketCommand({ Bucket: 'pictures' }))
  const put = (id: string) => dynamodb.send(new PutItemCommand({ TableName: 'things', Item: { id: { S: id }, data: { S: 'x'.repeat(100_000) } } }))
  const get = async (id: string) => (await dynamodb.send(new GetItemCommand({ TableName: 'things', Key: { id: { S: id } } }))).Item?.id?.S
  await put('first')
  await s3.send(new PutObjectCommand({ Bucket: 'pictures', Key: 'small', Body: 'small' }))

  const { bavail, bsize } = await statfs(disk)
  const ballast = join(disk, 'ballast')
  await writeFile(ballast, Buffer.alloc(bavail * bsize - MB / 2))
  let stored = 0
  let failure: Error | undefined
  while (!failure && stored < 200) {
    failure = await put(`k${stored}`).then(() => { stored++ }, (error: Error) => error) as Error | undefined
  }
  t.match(failure, { name: 'InternalServerError', message: /The disk of the data directory .* is full/ })
  for (let again = 0; again < 5; again++) await t.rejects(put('refused'), { message: /is full/ })
  await t.rejects(s3.send(new PutObjectCommand({ Bucket: 'pictures', Key: 'large', Body: Buffer.alloc(MB) })), { name: 'InternalError', message: /is full/ })
  t.equal(await get('first'), 'first', 'reads work')
  t.equal(await (await s3.send(new GetObjectCommand({ Bucket: 'pictures', Key: 'small' }))).Body!.transformToString(), 'small')
  t.strictSame(emulator.health(), { status: 'full' })
  t.equal(warnings.length, 1, 'one line for all of it')
  t.strictSame(errors, [])

  await rm(ballast)
  await sleep(1_100) // space is looked for at most once a second
  await put('after')
  t.equal(await get('after'), 'after', 'writes work again, without a restart')
  t.equal(await get('first'), 'first')
  for (let n = 0; n < stored; n++) t.equal(await get(`k${n}`), `k${n}`, 'what was acknowledged is there')
  await s3.send(new PutObjectCommand({ Bucket: 'pictures', Key: 'large', Body: Buffer.alloc(MB) }))
  t.strictSame(emulator.health(), { status: 'ok' })
  t.equal(warnings.length, 2)
  t.match(warnings[1], /has space again/)

  const after = await statfs(disk)
  await writeFile(ballast, Buffer.alloc(after.bavail * after.bsize)).catch(() => {})
  await emulator.close()
  closed = true
  const restarted = await open().then(async (one) => {
    const clients = wireClients(t, one)
    t.equal((await clients.dynamodb.send(new GetItemCommand({ TableName: 'things', Key: { id: { S: 'after' } } }))).Item?.id?.S, 'after', 'a start on a full disk reads')
    await one.close()
    return undefined
  }, (error: Error) => error)
  if (restarted) t.match(restarted.message, /is on a full disk: free \d+ MiB there|is on a full file system/, 'or says what to free')
  await rm(ballast)
  const last = await open()
  t.equal((await wireClients(t, last).dynamodb.send(new GetItemCommand({ TableName: 'things', Key: { id: { S: 'after' } } }))).Item?.id?.S, 'after')
  await last.close()
})
