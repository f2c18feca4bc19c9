import { CreateTableCommand, DescribeTableCommand, ResourceNotFoundException, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { VirtualClock } from '../../core/clock.ts'
import { Faults } from '../../core/faults.ts'
import { openStorage } from '../../core/storage/open-storage.ts'
import { Trace } from '../../core/trace.ts'
import type { Emulator } from '../../index.ts'
import { createS3 } from '../../s3/index.ts'
import { testEmulator, TEST_TIME } from '../../test-support/emulator.ts'
import { createDynamodb } from '../index.ts'
import type { AccountStore } from '../storage/account-store.ts'
import { withReplicas } from '../tables/replicas.ts'
import { removeUnknownReplicas } from './unknown-replicas.ts'

const TableName = 'orders'
const [HERE, THERE, FAR] = ['us-east-1', 'eu-west-1', 'ap-south-1'] as const

const clientsOf = (emulator: Emulator) => [HERE, THERE].map((region) => emulator.clients({ region, maxAttempts: 1 })) as [ReturnType<Emulator['clients']>, ReturnType<Emulator['clients']>]

async function createGlobal (emulator: Emulator, ...regions: string[]): Promise<void> {
  const { dynamodb } = emulator.clients({ region: HERE })
  await dynamodb.send(new CreateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }))
  for (const RegionName of regions) await dynamodb.send(new UpdateTableCommand({ TableName, ReplicaUpdates: [{ Create: { RegionName } }] }))
}

test('writes in transit arrive after a restart, and those of before are not applied again', async (t) => {
  const dataPath = t.testdir({})
  const first = await testEmulator(t, { dataPath, replicationLag: '10s' })
  await createGlobal(first, THERE)
  const [here, there] = clientsOf(first)
  await here.documents.send(new PutCommand({ TableName, Item: { id: 'a', by: 'here' } }))
  await first.clock.advance(10_000)
  await there.documents.send(new DeleteCommand({ TableName, Key: { id: 'a' } }))
  await here.documents.send(new PutCommand({ TableName, Item: { id: 'b', by: 'here' } }))
  await first.close()

  const second = await testEmulator(t, { dataPath, replicationLag: '10s', frozenAt: TEST_TIME + 15_000 })
  const [hereAgain, thereAgain] = clientsOf(second)
  t.equal((await thereAgain.documents.send(new ScanCommand({ TableName }))).Count, 0, 'the lag is not over')
  await second.clock.advance(5000)
  t.strictSame((await thereAgain.documents.send(new ScanCommand({ TableName }))).Items, [{ id: 'b', by: 'here' }])
  t.strictSame((await hereAgain.documents.send(new ScanCommand({ TableName }))).Items, [{ id: 'b', by: 'here' }])
  t.match((await hereAgain.dynamodb.send(new DescribeTableCommand({ TableName }))).Table, { Replicas: [{ RegionName: THERE, ReplicaStatus: 'ACTIVE' }] })
})

test('a snapshot has the writes in transit, and a reset forgets them', async (t) => {
  const emulator = await testEmulator(t, { replicationLag: '10s' })
  await createGlobal(emulator, THERE)
  const [here, there] = clientsOf(emulator)
  await here.documents.send(new PutCommand({ TableName, Item: { id: 'a' } }))
  await emulator.snapshots.save('transit')
  await emulator.reset()
  await emulator.clock.advance(20_000)
  const { holders } = await (await fetch(`${emulator.url}/_sandtable/accounts`)).json() as { holders: { service: string }[] } // the control API's own answer
  t.strictSame(holders.filter(({ service }) => service === 'dynamodb'), [], 'no region is opened again')
  await t.rejects(there.documents.send(new ScanCommand({ TableName })), ResourceNotFoundException)
  await emulator.snapshots.restore('transit')
  t.equal((await there.documents.send(new ScanCommand({ TableName }))).Count, 0)
  await emulator.clock.advance(10_000)
  t.equal((await there.documents.send(new ScanCommand({ TableName }))).Count, 1)
})

test('a lag that is shortened while writes are in transit holds for them', async (t) => {
  const emulator = await testEmulator(t, { replicationLag: '1h' })
  await createGlobal(emulator, THERE)
  const [here, there] = clientsOf(emulator)
  await here.documents.send(new PutCommand({ TableName, Item: { id: 'a' } }))
  const set = await fetch(`${emulator.url}/_sandtable/replication-lag`, { method: 'PUT', body: '{"lag":"2s"}' })
  t.strictSame(await set.json(), { lagMs: 2000 })
  await emulator.clock.advance(1999)
  t.notOk((await there.documents.send(new GetCommand({ TableName, Key: { id: 'a' } }))).Item)
  await emulator.clock.advance(1)
  t.ok((await there.documents.send(new GetCommand({ TableName, Key: { id: 'a' } }))).Item)
  t.equal((await fetch(`${emulator.url}/_sandtable/replication-lag`, { method: 'PUT', body: '{"lag":"soon"}' })).status, 400)
  await t.rejects(testEmulator(t, { replicationLag: 'soon' }), { message: 'replicationLag takes a duration such as "2s", unlike "soon"' })
})

const ACCOUNT = '000000000000'

/** DynamoDB without a gateway, with a global table in three regions: the stores of these. */
async function storesOf (t: Test): Promise<[AccountStore, AccountStore, AccountStore]> {
  const clock = new VirtualClock({ frozenAt: TEST_TIME })
  const storage = await openStorage(undefined, () => {})
  const log = (event: object) => { t.fail('internal error', { event }) }
  const environment = { clock, trace: new Trace(10), faults: new Faults(() => ({})), storage, log, warn: () => {} }
  const dynamodb = createDynamodb(environment, { objects: createS3(environment, { hosts: [] }), isScaled: async () => false })
  t.teardown(() => dynamodb.close())
  const call = async (operation: string, input: object) => {
    const ctx = { requestId: 'r', startedAt: TEST_TIME, clock, account: ACCOUNT, region: HERE, accessKeyId: undefined, notes: {} }
    t.ok('output' in (await dynamodb.call(operation, input, ctx))!, operation)
  }
  await call('CreateTable', { TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] })
  for (const RegionName of [THERE, FAR]) await call('UpdateTable', { TableName, ReplicaUpdates: [{ Create: { RegionName } }] })
  return [await dynamodb.replication.store(ACCOUNT, HERE), await dynamodb.replication.store(ACCOUNT, THERE), await dynamodb.replication.store(ACCOUNT, FAR)]
}

test('tombstones are forgotten when nothing is in transit that may be older', async (t) => {
  const emulator = await testEmulator(t, { replicationLag: '2h' })
  await createGlobal(emulator, THERE)
  const [here, there] = clientsOf(emulator)
  await here.documents.send(new PutCommand({ TableName, Item: { id: 'a' } }))
  await emulator.clock.advance(2 * 3_600_000)
  await there.documents.send(new PutCommand({ TableName, Item: { id: 'a', by: 'there' } }))
  await emulator.clock.advance(1000)
  await here.documents.send(new DeleteCommand({ TableName, Key: { id: 'a' } }))
  await emulator.clock.advance(2 * 3_600_000 - 1000)
  t.notOk((await here.documents.send(new GetCommand({ TableName, Key: { id: 'a' } }))).Item, 'an older write does not bring it back')
  await emulator.clock.advance(5 * 3_600_000)
  t.notOk((await there.documents.send(new GetCommand({ TableName, Key: { id: 'a' } }))).Item)
  await emulator.snapshots.save('swept')
  await there.documents.send(new PutCommand({ TableName, Item: { id: 'a', by: 'there again' } }))
  await emulator.clock.advance(2 * 3_600_000)
  t.match((await here.documents.send(new GetCommand({ TableName, Key: { id: 'a' } }))).Item, { by: 'there again' })
})

test('a replica that a kill left half created or half removed is cleanly absent', async (t) => {
  for (const interrupted of ['creation', 'removal'] as const) {
    const [here, there, far] = await storesOf(t)
    const { replicas: known } = here.tables.get(TableName)!.settings
    const { [FAR]: _far, ...others } = known!
    // The first records of a removal are those of the others; a creation ends with that of the region that was asked.
    await here.tables.put(withReplicas(here.tables.get(TableName)!, others))
    if (interrupted === 'removal') await there.tables.put(withReplicas(there.tables.get(TableName)!, { [HERE]: {} }))
    await removeUnknownReplicas([here, there, far])
    t.notOk(far.tables.get(TableName), interrupted)
    t.strictSame(Object.keys(here.tables.get(TableName)!.settings.replicas!), [THERE])
    t.strictSame(Object.keys(there.tables.get(TableName)!.settings.replicas!), [HERE])
    await removeUnknownReplicas([here, there, far])
    t.ok(here.tables.get(TableName)!.settings.replicas, 'what is whole stays')
  }
})
