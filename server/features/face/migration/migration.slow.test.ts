import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { buildApp } from '../../../app.ts'
import { createTables } from '../../../aws/tables.ts'
import { TEST_TIME, testStore } from '../../../test-support/app.ts'
import { features } from '../../index.ts'
import type { FaceRecord } from '../schemas.ts'
import { faceTables, historyTable, recordTable } from '../tables.ts'
import { migrateFaces, restoreBackup, type MigrationOptions } from './migrate-faces.ts'

const DAY = 86_400
const NOW = TEST_TIME / 1000

type Item = Record<string, unknown>

const at = (minutes: number) => new Date(TEST_TIME - DAY * 1000 + minutes * 60_000).toISOString()

/** A validation as the history design writes it, but for some members. */
const validation = (userId: string, registrationId: string, some: Item = {}): Item => ({
  userId,
  registrationId,
  eventId: 'event1',
  name: `Name of ${userId}`,
  validationStatus: 'failed',
  confidence: 40,
  quality: 'MEDIUM',
  faceImageKey: 'new.jpg',
  storedFaceKey: 'stored.jpg',
  comparisonResult: { similarity: 0.4, isMatch: false },
  attributes: { age: 30 },
  timestamp: at(0),
  createdAt: at(0),
  updatedAt: at(0),
  metadata: { source: 'face-verification-api', ipAddress: '127.0.0.1', eventId: 'event1' },
  expiresAt: NOW + 29 * DAY,
  attempts: [],
  ...some,
})

async function stage (t: Test) {
  const { aws, config: { face }, clock, config, emulator } = await testStore(t)
  const { tables } = face
  await createTables(aws.dynamodb, [historyTable(tables), ...faceTables(face)])
  const directory = t.testdir({})
  const options: MigrationOptions = {
    aws, clock, tables: { from: tables.history, to: tables.faces, registrations: tables.registrations }, ttlDays: 0, matchThreshold: 90, directory, pageItems: 30,
  }
  const put = (table: string, items: Item[]) => Promise.all(items.map((Item) => aws.documents.send(new PutCommand({ TableName: table, Item }))))
  const all = async <T = Item>(table: string) => ((await aws.documents.send(new ScanCommand({ TableName: table }))).Items ?? []) as T[]
  const files = () => readdir(directory)
  /** The same clients, but one write fails after a number of writes. */
  const failingAfter = (writes: number): MigrationOptions['aws'] => {
    let left = writes
    const send = (...args: [PutCommand]) => {
      if (args[0] instanceof PutCommand && left-- === 0) return Promise.reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))
      return aws.documents.send(...args)
    }
    return { dynamodb: aws.dynamodb, documents: Object.create(aws.documents, { send: { value: send } }) as typeof aws.documents } // the same, but for send
  }
  return { aws, config, clock, tables, directory, options, put, all, files, failingAfter, trace: emulator.trace }
}

test('a migration keeps the right validation of every user, interrupted or not', async (t) => {
  const { aws, config, clock, tables, directory, options, put, all, files, failingAfter, trace } = await stage(t)

  // 40 users with 1 to 20 validations each, in an order of ids that is not that of the times.
  const expected = new Map<string, Item>()
  const items = Array.from({ length: 40 }, (_, user) => Array.from({ length: user % 20 + 1 }, (_, index) => {
    const isSuccess = (user + index) % 4 === 1
    return validation(`user${user}`, `reg${(index * 7) % 20}`, {
      timestamp: at(index * 10),
      ...isSuccess && { validationStatus: 'success', confidence: 91 + index / 10, faceId: `face_${user}_${index}`, quality: 'HIGH', faceVector: [0.5, index] },
    })
  })).flat()
  for (const item of items) {
    const best = expected.get(String(item.userId))
    const isBetter = !best || (item.validationStatus === 'success' && best.validationStatus !== 'success') ||
      (item.validationStatus === best.validationStatus && String(item.timestamp) > String(best.timestamp))
    if (isBetter) expected.set(String(item.userId), item)
  }
  await put(tables.history, items)
  const counts = { items: items.length, read: 40, migrated: 40, newer: 0, expired: 0, failed: 0, unnamed: 0 }

  t.test('a dry run reports what would be done, and writes nothing', async (t) => {
    const before = trace.query({}).length
    t.match(await migrateFaces({ ...options, dryRun: true }), { counts: { ...counts, alreadyThere: 0 }, backup: undefined, resumed: false })
    const calls = new Set(trace.query({}).slice(before).map(({ operation }) => operation))
    t.strictSame([...calls].sort(), ['BatchGetItem', 'DescribeTable', 'Scan'])
    t.strictSame(await files(), [])
    t.strictSame(await all(tables.faces), [])
  })

  t.test('an interrupted migration is run again, and ends with exact counts and a complete backup', async (t) => {
    for (const writes of [0, 10, 20]) await t.rejects(migrateFaces({ ...options, aws: failingAfter(writes) }), { code: 'STORE_UNREACHABLE' })
    const there = (await all(tables.faces)).length
    t.ok(there >= 30 && there < 40, 'it was on its way', { there })
    const [backup, progress] = (await files()).sort()
    t.strictSame([backup, progress], ['face-verifications-history-20260301T120000Z.jsonl', 'face-verifications-history.migration.json'])
    // As if it had been killed while it wrote.
    await writeFile(join(directory, backup!), '{"Item":{"userId":{"S":"us', { flag: 'a' })

    const pages: number[] = []
    const result = await migrateFaces({ ...options, onProgress: ({ read }) => { pages.push(read) } })
    t.match(result, { counts, resumed: true, backup: join(directory, backup!) })
    t.ok(result.counts.alreadyThere > 0, 'those that were written and not yet counted are counted once')
    t.ok(pages.length > 3)
    t.strictSame(await files(), [backup], 'only the backup is left')

    const byUser = (records: readonly Item[]) => [...records].sort((a, b) => String(a.userId) < String(b.userId) ? -1 : 1)
    const records = await all<FaceRecord>(tables.faces)
    t.strictSame(byUser(records).map(({ userId, timestamp, validationStatus, confidence }) => ({ userId, timestamp, validationStatus, confidence })),
      byUser([...expected.values()]).map(({ userId, timestamp, validationStatus, confidence }) => ({ userId, timestamp, validationStatus, confidence })))
    t.notOk(records.some((record) => 'registrationId' in record || 'expiresAt' in record || 'attempts' in record || 'eventId' in record))
    t.ok(records.every(({ faceId, name, userId }) => /^face_/.test(faceId) && name === `Name of ${userId}`))

    const lines = (await readFile(join(directory, backup!), 'utf8')).trimEnd().split('\n')
    t.equal(lines.length, items.length)
    t.strictSame(new Set(lines).size, items.length, 'each item is there once')
    t.match(lines[0], /^\{"Item":\{.*"confidence":\{"N":"/, 'in the form of DynamoDB\'s exports')
  })

  t.test('a second run finds everything done; the one-record design answers from the new table', async (t) => {
    await clock.advance(1000)
    t.match(await migrateFaces({ ...options, pageItems: undefined }), { counts: { ...counts, alreadyThere: 40 }, resumed: false })
    const app = await buildApp({ config, aws, clock, features: features.filter(({ name }) => name === 'face') })
    t.teardown(() => app.close())
    const { data } = (await app.inject('/api/registrations/user1/face')).json<{ data: FaceRecord }>()
    t.match(data, { userId: 'user1', faceId: 'face_1_0', name: 'Name of user1', validationStatus: 'success', metadata: { eventId: 'event1' } })
    t.equal((await app.inject('/api/registrations/user1/face/validate-before-creation')).statusCode, 409)
  })

  t.test('a backup restores the old table', async (t) => {
    const before = await all(tables.history)
    const [backup] = await files()
    await aws.dynamodb.send(new DeleteTableCommand({ TableName: tables.history }))
    await createTables(aws.dynamodb, [historyTable(tables)])
    t.equal(await restoreBackup({ aws, table: tables.history, backup: join(directory, backup!) }), items.length)
    t.strictSame(await all(tables.history), before)
  })
})

test('a migration handles unusual items', async (t) => {
  const { tables, directory, options, put, all, files, aws } = await stage(t)
  await put(tables.registrations, [{ registrationId: 'reg-known', userId: 'seed', eventId: 'event7', name: 'Ada Lovelace', storedFaceKey: 'ada.jpg', faceId: 'face_7_a' }])
  await put(tables.history, [
    // As in the picture of seed 000: nothing but this.
    { userId: 'seed', registrationId: 'reg-known', confidence: 95.5, quality: 'high', timestamp: at(0), expiresAt: NOW + DAY, metadata: {} },
    { userId: 'unknown', registrationId: 'reg-lost', confidence: 12, quality: 'odd', timestamp: '2026-02-28T12:00:00Z', photo: new Uint8Array([1, 2, 255]) },
    validation('expired', 'reg1', { expiresAt: NOW }),
    validation('half-expired', 'reg1', { validationStatus: 'success', timestamp: at(5), expiresAt: NOW - 1 }),
    validation('half-expired', 'reg2'),
    validation('newer', 'reg1'),
    validation('older', 'reg1', { validationStatus: 'success' }),
    validation('stale', 'reg1'),
    validation('no-time', 'reg1', { timestamp: 'yesterday' }),
    validation('no-confidence', 'reg1', { confidence: 'high' }),
    validation('bad\u0001name', 'reg1'),
  ])
  const record = (userId: string, timestamp: string, some: Item = {}) => ({ ...validation(userId, 'x', { timestamp, faceId: 'face_new' }), expiresAt: undefined, ...some })
  // The stale one expired, and is still in the table: DynamoDB never deletes items that expired more than five years ago.
  await put(tables.faces, [record('newer', at(10)), record('older', at(-10)), record('stale', at(10), { expiresAt: NOW - 6 * 365 * DAY })])

  const failures: Record<string, string> = {}
  const onFailure = (userId: string, reason: string) => { failures[userId] = reason }
  const counts = { items: 11, read: 10, migrated: 5, alreadyThere: 0, newer: 1, expired: 1, failed: 3, unnamed: 1 }
  t.strictSame((await migrateFaces({ ...options, ttlDays: 10, dryRun: true })).counts, counts, 'a dry run foresees it')
  const result = await migrateFaces({ ...options, ttlDays: 10, onFailure, backup: join(directory, 'mine.jsonl') })
  t.strictSame(result.counts, counts)
  t.match(failures, { 'no-time': /timestamp is not a time/, 'no-confidence': /^confidence must be number/, 'bad\u0001name': /^userId must match pattern/ })

  const of = Object.fromEntries((await all(tables.faces)).map((one) => [String(one.userId), one]))
  t.match(of.seed, {
    faceId: 'face_7_a',
    name: 'Ada Lovelace',
    validationStatus: 'success',
    quality: 'HIGH',
    storedFaceKey: 'ada.jpg',
    faceImageKey: 'unknown',
    timestamp: at(0),
    createdAt: at(0),
    comparisonResult: { similarity: 0.955, isMatch: true },
    attributes: {},
    metadata: { eventId: 'event7', ipAddress: 'unknown' },
    expiresAt: NOW + 10 * DAY,
  }, 'what is not told comes from the registration, and records expire as others do')
  t.match(of.unknown, { name: 'unknown', validationStatus: 'failed', quality: 'LOW', timestamp: '2026-02-28T12:00:00.000Z', faceId: /^face_1772280000000_[0-9a-f]{8}$/ })
  t.match([of['half-expired'], of.newer, of.older, of.stale], [
    { validationStatus: 'failed', timestamp: at(0) }, { timestamp: at(10), faceId: 'face_new' }, { timestamp: at(0), validationStatus: 'success' }, { timestamp: at(0) },
  ])
  t.match((await migrateFaces({ ...options, onFailure })).counts, { ...counts, alreadyThere: 5 }, 'it knows its own records again')

  t.test('bytes survive backup and restore', async (t) => {
    const before = await all(tables.history)
    await aws.dynamodb.send(new DeleteTableCommand({ TableName: tables.history }))
    await createTables(aws.dynamodb, [historyTable(tables)])
    await restoreBackup({ aws, table: tables.history, backup: join(directory, 'mine.jsonl') })
    t.strictSame(await all(tables.history), before)
  })

  t.test('registrations may be in another table', async (t) => {
    t.match((await migrateFaces({ ...options, dryRun: true, tables: { ...options.tables, registrations: 'no-such-table' } })).counts, { migrated: 4, newer: 2, unnamed: 1 },
      'a record that was named and made by a registration stays')
  })

  t.test('obstacles are reported, with advice', async (t) => {
    const { from, to } = options.tables
    const run = (some: Partial<MigrationOptions>) => migrateFaces({ ...options, ...some })
    const between = (from: string, to: string) => run({ tables: { ...options.tables, from, to } })
    await t.rejects(between(from, from), { name: 'WrongTable', message: /both face-verifications-history/ })
    await t.rejects(between(to, from), { name: 'WrongTable', message: 'face-verifications is not a history of validations: its key is userId, not userId and registrationId' })
    await t.rejects(between(from, tables.events), { name: 'WrongTable', message: /^events is not a table of face records/ })
    await t.rejects(between('nowhere', to), { name: 'WrongTable', message: /^There is no table nowhere/ })
    await t.rejects(between(from, 'nowhere'), { name: 'WrongTable', message: 'There is no table nowhere for the records. Create it with: FACE_DESIGN=single npx sandtable tables create' })
    await t.rejects(run({ backup: join(directory, 'mine.jsonl') }), { code: 'EEXIST' })

    const progress = join(directory, `${from}.migration.json`)
    await writeFile(progress, 'hello')
    await t.rejects(run({}), { name: 'CannotResume', message: `${progress} is not the progress file of a migration. Delete it to start again` })
    const known = { version: 1, from, to, backup: join(directory, 'gone.jsonl'), backupBytes: 10, counts }
    for (const [some, message] of [[{ to: 'other' }, /belongs to a migration from face-verifications-history to other/], [{}, /gone\.jsonl .* is missing or incomplete/]] as const) {
      await writeFile(progress, JSON.stringify({ ...known, ...some }))
      await t.rejects(run({}), { name: 'CannotResume', message })
    }
    await t.rejects(run({ backup: 'another.jsonl' }), { name: 'CannotResume', message: /writes its backup to .*gone\.jsonl/ })
    t.match((await run({ dryRun: true })).resumed, false, 'a dry run asks nothing of it')

    const damaged = join(directory, 'damaged.jsonl')
    for (const [text, message] of [['{"Item":{}}\n{"Item":', /^Line 2 of .* it is not JSON/], ['[]', /^Line 1 of .* it has no "Item"/]] as const) {
      await writeFile(damaged, text)
      await t.rejects(restoreBackup({ aws, table: from, backup: damaged }), { name: 'DamagedBackup', message })
    }
    await t.rejects(restoreBackup({ aws, table: from, backup: join(directory, 'none') }), { code: 'ENOENT' })
    await t.rejects(restoreBackup({ aws, table: recordTable(tables).name, backup: damaged }), { name: 'WrongTable' })
    t.ok((await files()).length > 0)
  })
})
