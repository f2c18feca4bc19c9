import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, PutItemCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import type { EmulatorAccess } from '../kit/emulator-access.ts'
import { scenario } from '../kit/scenario.ts'

const PROVISIONED = 'load-provisioned'
const ON_DEMAND = 'load-on-demand'
const UNITS = 5
/** What 5 units save in the five minutes after the table was made. */
const BURST = 300 * UNITS
/** 100 units a write. */
const ITEM = 'x'.repeat(99 * 1024)
const UNITS_A_WRITE = 100
/** A peak of 4,000 units, which a new table on demand takes within a second. */
const WRITES = 40

export default scenario('operations: one load on provisioned and on on-demand capacity: one refuses the peak, the other takes and charges it', {
  seed: '003',
  pattern: 'billing modes',
  // It moves the clock, and turns throttling on.
  environment: { EMULATOR_THROTTLING: 'on' },
  async run ({ emulator, check }) {
    await make(emulator, { TableName: PROVISIONED, BillingMode: 'PROVISIONED', ProvisionedThroughput: { ReadCapacityUnits: UNITS, WriteCapacityUnits: UNITS } })
    await make(emulator, { TableName: ON_DEMAND, BillingMode: 'PAY_PER_REQUEST' })
    await emulator.advance('5m')
    await emulator.control('POST', '/clock/freeze')
    // One attempt a write: retries would hide what is refused.
    const client = new DynamoDBClient({ endpoint: emulator.url, region: 'us-east-1', credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' }, maxAttempts: 1 })
    const peak = async (TableName: string) => {
      const writes = Array.from({ length: WRITES }, (_, number) => client.send(new PutItemCommand({ TableName, Item: { pk: { S: `${number}` }, data: { S: ITEM } } })))
      return (await Promise.allSettled(writes)).filter(({ status }) => status === 'fulfilled').length
    }
    check.equal(await peak(PROVISIONED), BURST / UNITS_A_WRITE, 'provisioned capacity takes what it has saved in five minutes, and refuses the rest')
    check.equal(await peak(ON_DEMAND), WRITES, 'on demand, a new table takes all of it')
    const { operations } = await emulator.control<{ operations: { resource: string, operation: string, writeUnits: number, price: number }[] }>('GET', `/cost?operation=PutItem&resource=${ON_DEMAND}`)
    check.equal(operations.map(({ writeUnits, price }) => [writeUnits, price.toFixed(6)]), [[WRITES * UNITS_A_WRITE, (WRITES * UNITS_A_WRITE * 0.625e-6).toFixed(6)]], 'and charges each unit')
    client.destroy()
    for (const TableName of [PROVISIONED, ON_DEMAND]) await emulator.dynamodb.send(new DeleteTableCommand({ TableName }))
  },
})

async function make ({ dynamodb }: EmulatorAccess, input: Pick<CreateTableCommandInput, 'TableName' | 'BillingMode' | 'ProvisionedThroughput'>): Promise<void> {
  await dynamodb.send(new CreateTableCommand({ ...input, AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] }))
}
