import { CreateTableCommand, RestoreTableToPointInTimeCommand, UpdateContinuousBackupsCommand, UpdateTimeToLiveCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import { BatchWriteCommand, DeleteCommand, paginateScan, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { test } from 'tap'
import { TEST_TIME, testEmulator } from '../../../test-support/emulator.ts'

/** How many changes are made; more by hand: `SANDTABLE_CHANGES=1000000 npx tsx emulator/dynamodb/operations/backups/point-in-time.slow.test.ts`. */
const CHANGES = Number(process.env.SANDTABLE_CHANGES ?? 10_000)
const RESTORES = 50
const DAYS = 35
const SECONDS = DAYS * 86_400

const table = {
  TableName: 'orders',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'kind', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [{ IndexName: 'byKind', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
} satisfies CreateTableCommandInput

/** The same numbers at every run. */
function generator (seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor(state / 2 ** 32 * below)
  }
}

interface Row { id: string, n: number, kind?: string, ttl?: number }

test(`a table restored to any of ${RESTORES} seconds of ${DAYS} days equals a model of it, indexes too`, { timeout: 600_000 }, async (t) => {
  const emulator = await testEmulator(t, { listen: false })
  const { dynamodb, documents } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(table))
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'orders', TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' } }))
  await dynamodb.send(new UpdateContinuousBackupsCommand({ TableName: 'orders', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }))
  const random = generator(7)
  const seconds = Array.from({ length: RESTORES }, () => random(SECONDS)).sort((one, other) => one - other)
  const model = new Map<string, Row>()
  const expected: Row[][] = []
  const start = TEST_TIME / 1000
  let now = 0
  const expire = () => { for (const [id, { ttl }] of model) if (ttl !== undefined && ttl < start + now) model.delete(id) }
  /** What the table holds at the end of each second that is restored, up to one. */
  const note = async (until: number) => {
    while (seconds[expected.length] !== undefined && seconds[expected.length]! < until) {
      const at = seconds[expected.length]!
      await emulator.clock.advance((at - now) * 1000)
      now = at
      expire()
      expected.push([...model.values()].map((row) => ({ ...row })))
    }
  }
  for (let change = 0; change < CHANGES; change++) {
    const at = Math.floor(change * SECONDS / CHANGES)
    await note(at)
    await emulator.clock.advance((at - now) * 1000)
    now = at
    expire()
    const id = `k${random(CHANGES / 20)}`
    const row: Row = { id, n: change, ...(random(2) === 0 && { kind: `kind${random(5)}` }), ...(random(3) === 0 && { ttl: start + now + random(3 * 86_400) }) }
    const kind = random(10)
    if (kind < 2) {
      model.delete(id)
      await documents.send(new DeleteCommand({ TableName: 'orders', Key: { id } }))
    } else if (kind < 4 && model.has(id)) {
      model.get(id)!.n = change
      await documents.send(new UpdateCommand({ TableName: 'orders', Key: { id }, UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': change } }))
    } else if (kind < 5) {
      model.set(id, row)
      await documents.send(new BatchWriteCommand({ RequestItems: { orders: [{ PutRequest: { Item: row } }] } }))
    } else {
      model.set(id, row)
      await documents.send(new PutCommand({ TableName: 'orders', Item: row }))
    }
  }
  await note(SECONDS)
  const inOrder = (rows: Row[]) => rows.sort((one, other) => one.id < other.id ? -1 : 1)
  const all = async (TableName: string, IndexName?: string) => {
    const rows: Row[] = []
    for await (const page of paginateScan({ client: documents }, { TableName, IndexName })) rows.push(...page.Items as Row[])
    return inOrder(rows)
  }
  for (const [index, second] of seconds.entries()) {
    const target = `restored-${index}`
    await dynamodb.send(new RestoreTableToPointInTimeCommand({ SourceTableName: 'orders', TargetTableName: target, RestoreDateTime: new Date(TEST_TIME + second * 1000) }))
    const rows = inOrder(expected[index]!)
    t.strictSame(await all(target), rows, `second ${second}: ${rows.length} items`)
    t.strictSame(await all(target, 'byKind'), rows.filter(({ kind }) => kind !== undefined))
  }
})
