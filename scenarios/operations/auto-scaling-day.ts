import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import { PutCommand, TransactGetCommand } from '@aws-sdk/lib-dynamodb'
import type { EmulatorAccess } from '../kit/emulator-access.ts'
import { scenario } from '../kit/scenario.ts'

const TABLE = 'image-metadata-scaled'
const TARGET = { ServiceNamespace: 'dynamodb', ResourceId: `table/${TABLE}`, ScalableDimension: 'dynamodb:table:ReadCapacityUnits' }
const LARGE_ITEMS = 10
/** What one of the large items costs in a TransactGetItems. */
const UNITS_AN_ITEM = 196
/** How many of them are read each minute, hour by hour: a quiet night, a busy day, a quiet evening. */
const ITEMS_A_MINUTE = [...Array<number>(6).fill(1), ...Array<number>(5).fill(LARGE_ITEMS), ...Array<number>(3).fill(5), ...Array<number>(4).fill(1)]

export default scenario('operations: over a day, auto scaling gives a table the capacity that its load needs', {
  seed: '002',
  pattern: 'auto scaling at 70 %',
  // It moves the clock, and makes a table.
  environment: {},
  async run ({ emulator, check }) {
    const { documents, dynamodb } = emulator
    await dynamodb.send(new CreateTableCommand({
      TableName: TABLE,
      AttributeDefinitions: [{ AttributeName: 'imageId', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'imageId', KeyType: 'HASH' }],
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 100 },
    }))
    const keys = Array.from({ length: LARGE_ITEMS }, (_, index) => ({ imageId: `image-${index}` }))
    for (const key of keys) await documents.send(new PutCommand({ TableName: TABLE, Item: { ...key, text: 'x'.repeat(4096 * UNITS_AN_ITEM / 2 - 100) } }))
    const scaling = <T>(operation: string, input: object) => emulator.json<T>('application-autoscaling', `AnyScaleFrontendService.${operation}`, input)
    await scaling('RegisterScalableTarget', { ...TARGET, MinCapacity: 5, MaxCapacity: 100 })
    await scaling('PutScalingPolicy', {
      ...TARGET,
      PolicyName: 'DynamoDBReadCapacityUtilization',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 70, PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBReadCapacityUtilization' } },
    })
    const hours: (number | undefined)[] = []
    for (const count of ITEMS_A_MINUTE) {
      for (let minute = 0; minute < 60; minute++) {
        const reads = keys.slice(0, count).map((Key) => ({ Get: { TableName: TABLE, Key, ProjectionExpression: 'imageId' } }))
        await documents.send(new TransactGetCommand({ TransactItems: reads }))
        await emulator.advance('1m')
      }
      hours.push(await readCapacity(emulator))
    }
    const wanted = (count: number) => Math.max(5, Math.ceil(count * UNITS_AN_ITEM / 60 / 0.7))
    check.equal(hours, ITEMS_A_MINUTE.map(wanted), 'at the end of each hour the capacity is what 70 % of it needs, within the bounds')
    const { ScalingActivities } = await scaling<{ ScalingActivities: { Description: string }[] }>('DescribeScalingActivities', { ServiceNamespace: 'dynamodb', ResourceId: TARGET.ResourceId })
    check.equal(ScalingActivities.map(({ Description }) => Description).reverse(),
      [LARGE_ITEMS, 5, 1].map((count) => `Setting read capacity units to ${wanted(count)}.`), 'and its activities tell each step')
  },
})

async function readCapacity ({ dynamodb }: EmulatorAccess): Promise<number | undefined> {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: TABLE }))
  return Table?.ProvisionedThroughput?.ReadCapacityUnits
}
