import type { Context } from '../../core/context.ts'
import { AwsError } from '../../core/errors.ts'
import type { Service } from '../../core/service.ts'
import type { ScaledUnits } from '../resource.ts'
import type { TrackingAlarm } from './target-tracking.ts'

/** The emulator's other services, as this one calls them: in the name of the account, and seen in the trace. */
export interface OtherServices {
  dynamodb: Service
  cloudwatch: Service
  /** The context of one call. */
  context (account: string, region: string): Context
}

/** Whose tables and alarms they are. */
export interface Owner { account: string, region: string }

/** An error of another service, with its code and message. */
export class CallFailed extends AwsError {}

/** The calls to DynamoDB and CloudWatch that scaling consists of. */
export class AwsCalls {
  readonly #services: OtherServices

  constructor (services: OtherServices) {
    this.#services = services
  }

  /** Provisioned units a second; `undefined` for a table or an index that is not there, or is on demand. */
  async provisioned (owner: Owner, { table, index, kind }: ScaledUnits): Promise<number | undefined> {
    const Table = await this.#describe(owner, table)
    if (!Table || Table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST') return undefined
    const place = index === undefined ? Table : Table.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === index)
    return place?.ProvisionedThroughput?.[`${kind}CapacityUnits`]
  }

  /** Changes provisioned units as UpdateTable does; the other kind of units stays. @throws {@link CallFailed} */
  async provision (owner: Owner, units: ScaledUnits, capacity: number): Promise<void> {
    const { table, index, kind } = units
    const otherKind = kind === 'Read' ? 'Write' : 'Read'
    const ProvisionedThroughput = {
      [`${kind}CapacityUnits`]: capacity,
      [`${otherKind}CapacityUnits`]: await this.provisioned(owner, { ...units, kind: otherKind }),
    }
    await this.#call(owner, 'dynamodb', 'UpdateTable', {
      TableName: table,
      ...index === undefined ? { ProvisionedThroughput } : { GlobalSecondaryIndexUpdates: [{ Update: { IndexName: index, ProvisionedThroughput } }] },
    })
  }

  /** Units consumed in each of the last minutes that have a datapoint. */
  async consumed (owner: Owner, { table, index, kind }: ScaledUnits, { minutes, now }: { minutes: number, now: number }): Promise<number[]> {
    const end = Math.floor(now / 60_000) * 60
    const { Datapoints } = await this.#call(owner, 'cloudwatch', 'GetMetricStatistics', {
      Namespace: 'AWS/DynamoDB',
      MetricName: `Consumed${kind}CapacityUnits`,
      Dimensions: dimensions({ table, index }),
      StartTime: end - minutes * 60,
      EndTime: end,
      Period: 60,
      Statistics: ['Sum'],
    }) as { Datapoints: { Sum: number }[] } // GetMetricStatistics' answer
    return Datapoints.map(({ Sum }) => Sum)
  }

  /** @param names.action  the ARN of the policy that the alarm is for */
  async putAlarm (owner: Owner, { table, index }: ScaledUnits, alarm: TrackingAlarm, { name, action }: { name: string, action: string }): Promise<void> {
    await this.#call(owner, 'cloudwatch', 'PutMetricAlarm', {
      ...alarm,
      AlarmName: name,
      AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${action}.`,
      AlarmActions: [action],
      Namespace: 'AWS/DynamoDB',
      Dimensions: dimensions({ table, index }),
    })
  }

  async deleteAlarms (owner: Owner, names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.#call(owner, 'cloudwatch', 'DeleteAlarms', { AlarmNames: names })
  }

  /** Those of the alarms that are in the state ALARM. */
  async inAlarm (owner: Owner, names: readonly string[]): Promise<Set<string>> {
    const { MetricAlarms } = await this.#call(owner, 'cloudwatch', 'DescribeAlarms', { AlarmNames: names, StateValue: 'ALARM' }) as { MetricAlarms: { AlarmName: string }[] } // DescribeAlarms' answer
    return new Set(MetricAlarms.map(({ AlarmName }) => AlarmName))
  }

  async #describe (owner: Owner, table: string): Promise<TableDescription | undefined> {
    try {
      return (await this.#call(owner, 'dynamodb', 'DescribeTable', { TableName: table }) as { Table: TableDescription }).Table // DescribeTable's answer
    } catch (error) {
      if (error instanceof CallFailed && error.code === 'ResourceNotFoundException') return undefined
      throw error
    }
  }

  async #call (owner: Owner, name: 'dynamodb' | 'cloudwatch', operation: string, input: object): Promise<object> {
    const body = Buffer.from(JSON.stringify(input))
    const answer = await this.#services[name].handle({
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: { 'content-type': 'application/x-amz-json-1.0', 'content-length': String(body.length), 'x-amz-target': `${TARGETS[name]}.${operation}` },
      body: (async function * () { yield body })(),
    }, this.#services.context(owner.account, owner.region), {})
    const text = answer.body as string // the JSON protocol answers with text
    if (answer.status === 200) return text === '' ? {} : JSON.parse(text) as object // every answer is an object
    const { __type = '', message = '' } = JSON.parse(text) as { __type?: string, message?: string } // an error of the JSON protocol
    throw new CallFailed(__type.slice(__type.indexOf('#') + 1), answer.status, message)
  }
}

const TARGETS = { dynamodb: 'DynamoDB_20120810', cloudwatch: 'GraniteServiceVersion20100801' }

interface Provisioned { ProvisionedThroughput?: { ReadCapacityUnits: number, WriteCapacityUnits: number } }

interface TableDescription extends Provisioned {
  BillingModeSummary?: { BillingMode?: string }
  GlobalSecondaryIndexes?: (Provisioned & { IndexName: string })[]
}

function dimensions ({ table, index }: Pick<ScaledUnits, 'table' | 'index'>): { Name: string, Value: string }[] {
  return [{ Name: 'TableName', Value: table }, ...index === undefined ? [] : [{ Name: 'GlobalSecondaryIndexName', Value: index }]]
}
