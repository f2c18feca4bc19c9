import { CreateTableCommand, DescribeTableCommand, UpdateTableCommand, type CreateTableCommandInput, type DynamoDBClient, type UpdateTableCommandInput, type WarmThroughput } from '@aws-sdk/client-dynamodb'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { test } from 'tap'
import { overAllWays, testEmulator } from '../../test-support/emulator.ts'

// The rules and the texts are those that users have measured on AWS in 2026.

const PREFIX = 'One or more parameter values were invalid: '
const TOO_LOW = 'is lower than current WarmThroughput, decreasing WarmThroughput is not supported'
const INITIAL = 'is lower than initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial'

const warm = (read?: number, write?: number): WarmThroughput => ({ ...(read !== undefined && { ReadUnitsPerSecond: read }), ...(write !== undefined && { WriteUnitsPerSecond: write }) })
const units = (both: number, write = both) => ({ ReadCapacityUnits: both, WriteCapacityUnits: write })

/** A table with a global index; both are warmed to the same. */
function ordersTable (rest: Partial<CreateTableCommandInput>, ofIndex: { ProvisionedThroughput?: ReturnType<typeof units>, WarmThroughput?: WarmThroughput } = {}): CreateTableCommandInput {
  return {
    TableName: 'orders',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'kind', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [{ IndexName: 'by-kind', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' }, ...ofIndex }],
    ...rest,
  }
}

const onDemand = { BillingMode: 'PAY_PER_REQUEST' } as const

/** How the table and its index are warmed. */
async function shown (client: DynamoDBClient) {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'orders' }))
  return { table: Table!.WarmThroughput, index: Table!.GlobalSecondaryIndexes?.[0]?.WarmThroughput, status: Table!.TableStatus }
}

const update = (client: DynamoDBClient, input: Partial<UpdateTableCommandInput>) => client.send(new UpdateTableCommand({ TableName: 'orders', ...input }))
const ofIndex = (Update: Omit<NonNullable<NonNullable<UpdateTableCommandInput['GlobalSecondaryIndexUpdates']>[number]['Update']>, 'IndexName'>) =>
  ({ GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'by-kind', ...Update } }] })

test('a table on demand is warm for 12,000 reads and 4,000 writes, and may be warmed', async (t) => {
  overAllWays(t, async (t, start) => {
    const { emulator, clients: { dynamodb } } = await start({ dynamodb: { tableDelays: { update: 60_000, create: 1000 } } })
    const { TableDescription: created } = await dynamodb.send(new CreateTableCommand(ordersTable(onDemand, { WarmThroughput: warm(13_000) })))
    t.same([created!.WarmThroughput, created!.GlobalSecondaryIndexes![0]!.WarmThroughput], [{ ...warm(12_000, 4_000), Status: 'CREATING' }, { ...warm(13_000, 4_000), Status: 'CREATING' }])
    await emulator.clock.advance(1000)
    t.same((await shown(dynamodb)).table, { ...warm(12_000, 4_000), Status: 'ACTIVE' })

    const { TableDescription: warmed } = await update(dynamodb, { WarmThroughput: warm(15_000), ...ofIndex({ WarmThroughput: warm(undefined, 6_000) }) })
    t.match(warmed, { TableStatus: 'ACTIVE', WarmThroughput: { ...warm(12_000, 4_000), Status: 'UPDATING' } }, 'the old values, until the new ones are there')
    t.same(await shown(dynamodb), { table: { ...warm(12_000, 4_000), Status: 'UPDATING' }, index: { ...warm(13_000, 4_000), Status: 'UPDATING' }, status: 'ACTIVE' })
    await update(dynamodb, { WarmThroughput: warm(14_000, 5_000) })
    await emulator.clock.advance(60_000)
    t.same(await shown(dynamodb), { table: { ...warm(15_000, 5_000), Status: 'ACTIVE' }, index: { ...warm(13_000, 6_000), Status: 'ACTIVE' }, status: 'ACTIVE' }, 'both requests count')

    for (const [input, message] of [
      [{ WarmThroughput: warm(14_999) }, `Requested ReadUnitsPerSecond for WarmThroughput for table ${TOO_LOW}`],
      [{ WarmThroughput: warm(15_000, 1) }, `Requested WriteUnitsPerSecond for WarmThroughput for table ${TOO_LOW}`],
      [ofIndex({ WarmThroughput: warm(undefined, 100) }), `Requested WriteUnitsPerSecond for WarmThroughput for index by-kind ${TOO_LOW}`],
      [ofIndex({ WarmThroughput: {} }), 'WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified for index: by-kind'],
      [{ WarmThroughput: warm(20_000), BillingMode: 'PROVISIONED', ProvisionedThroughput: units(1) }, 'WarmThroughput must be the only operation in the request'],
      [{ WarmThroughput: warm(20_000), DeletionProtectionEnabled: true }, 'DeletionProtection modification must be the only operation in the request'],
      [{ WarmThroughput: warm(20_000), OnDemandThroughput: { MaxReadRequestUnits: 1 } }, 'OnDemandThroughput can only be combined with BillingMode in an UpdateTable request'],
      [{ WarmThroughput: warm(20_000), GlobalSecondaryIndexUpdates: [{ Create: { IndexName: 'new', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } } }] },
        'Create global secondary index cannot be specified when updating WarmThroughput'],
    ] satisfies [Partial<UpdateTableCommandInput>, string][]) await t.rejects(update(dynamodb, input), { name: 'ValidationException', message: PREFIX + message })
    await t.rejects(update(dynamodb, { WarmThroughput: {} }), { name: 'ValidationException', message: /^At least one of .* WarmThroughput or TableClass is required$/ }, 'an empty one is none')
    await t.rejects(update(dynamodb, { WarmThroughput: warm(40_001) }), {
      name: 'LimitExceededException', message: 'Subscriber limit exceeded: Requested ReadUnitsPerSecond for WarmThroughput for table exceeds TableMaxReadCapacityUnits of the account in region us-east-1',
    })
    await update(dynamodb, { WarmThroughput: warm(15_000, 5_000) })
    t.match(await shown(dynamodb), { table: warm(15_000, 5_000), index: warm(13_000, 6_000) }, 'what is refused changes nothing, and the same values are accepted')
  })
})

test('a new table or index is not warmed to less than it begins with', async (t) => {
  const { dynamodb } = (await testEmulator(t)).clients({ maxAttempts: 1 })
  for (const [input, message] of [
    [ordersTable({ ...onDemand, WarmThroughput: warm(1, 1) }), `ReadUnitsPerSecond for WarmThroughput for table ${INITIAL}`],
    [ordersTable({ ...onDemand, WarmThroughput: warm(12_000, 0) }), `WriteUnitsPerSecond for WarmThroughput for table ${INITIAL}`],
    [ordersTable(onDemand, { WarmThroughput: warm(-1) }), `ReadUnitsPerSecond for WarmThroughput for index by-kind ${INITIAL}`],
    [ordersTable({ ProvisionedThroughput: units(10), WarmThroughput: warm(5, 5) }, { ProvisionedThroughput: units(1) }),
      'ReadUnitsPerSecond for WarmThroughput for table is lower than ReadCapacityUnits of ProvisionedThroughput'],
  ] as const) await t.rejects(dynamodb.send(new CreateTableCommand(input)), { name: 'ValidationException', message: `${PREFIX}Requested ${message}` })
  await dynamodb.send(new CreateTableCommand(ordersTable({ ProvisionedThroughput: units(10), WarmThroughput: warm(10, 50) }, { ProvisionedThroughput: units(3), WarmThroughput: {} })))
  t.match(await shown(dynamodb), { table: warm(10, 50), index: warm(3, 3) })
})

test('what a table was once provisioned with stays warm, and counts when it is switched to on-demand mode', async (t) => {
  const emulator = await testEmulator(t, { dynamodb: { limits: { onDemandReadUnits: 30, onDemandWriteUnits: 20 } } })
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(ordersTable({ ProvisionedThroughput: units(1) }, { ProvisionedThroughput: units(1) })))
  t.match(await shown(dynamodb), { table: warm(1, 1), index: warm(1, 1) })
  await update(dynamodb, { ProvisionedThroughput: units(25), ...ofIndex({ ProvisionedThroughput: units(40, 2) }) })
  await update(dynamodb, { ProvisionedThroughput: units(2, 1), ...ofIndex({ ProvisionedThroughput: units(1) }) })
  t.match(await shown(dynamodb), { table: warm(25, 25), index: warm(40, 2) }, 'a decrease does not cool it down')
  await t.rejects(update(dynamodb, { WarmThroughput: warm(2, 1) }), { message: new RegExp(TOO_LOW) })
  await update(dynamodb, onDemand)
  t.match(await shown(dynamodb), { table: warm(30, 25), index: warm(40, 20) }, 'or what every table on demand begins with, if that is more')
  await update(dynamodb, { BillingMode: 'PROVISIONED', ProvisionedThroughput: units(1), ...ofIndex({ ProvisionedThroughput: units(1) }) })
  t.match(await shown(dynamodb), { table: warm(30, 25), index: warm(40, 20) })
})

test('warm throughput is what throttling grants, from the moment on that it is set', async (t) => {
  const emulator = await testEmulator(t, { throttling: true, dynamodb: { limits: { onDemandReadUnits: 30, onDemandWriteUnits: 20 } } })
  const { dynamodb, documents } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(ordersTable(onDemand, { WarmThroughput: warm(30, 100) })))
  /** How many of 120 writes are accepted, in a second. */
  const writes = async () => {
    await emulator.clock.advance(1000)
    let done = 0
    for (let n = 0; n < 120; n++) done += await documents.send(new PutCommand({ TableName: 'orders', Item: { id: `${n}`, kind: 'x' } })).then(() => 1, () => 0)
    return done
  }
  t.equal(await writes(), 20)
  await update(dynamodb, { WarmThroughput: warm(undefined, 50) })
  t.equal(await writes(), 50)
  await update(dynamodb, { BillingMode: 'PROVISIONED', ProvisionedThroughput: units(110), ...ofIndex({ ProvisionedThroughput: units(110) }) })
  await update(dynamodb, onDemand)
  t.equal(await writes(), 110, 'an earlier provisioned peak counts')
})

test('a restart remembers what is warm', async (t) => {
  const dataPath = t.testdir()
  const first = await testEmulator(t, { dataPath })
  await first.clients().dynamodb.send(new CreateTableCommand(ordersTable(onDemand)))
  await update(first.clients().dynamodb, { WarmThroughput: warm(20_000) })
  await first.close()
  const { dynamodb } = (await testEmulator(t, { dataPath })).clients()
  t.match(await shown(dynamodb), { table: { ...warm(20_000, 4_000), Status: 'ACTIVE' }, index: warm(12_000, 4_000) })
})
