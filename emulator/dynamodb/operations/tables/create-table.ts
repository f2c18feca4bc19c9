import type { DynamodbContext } from '../../context.ts'
import { stillInUse, tableAlreadyExists, validation } from '../../errors.ts'
import { newTable } from '../../tables/new-table.ts'
import type { DynamodbOperation } from '../../operation.ts'
import { checkEncryption, checkKeys, checkTableClass } from '../../requests/table-checks.ts'
import { describeTable } from '../../tables/table-description.ts'
import { statusOf } from '../../tables/table-record.ts'
import {
  attributeDefinitions, billingMode, indexName, keySchema, onDemandThroughput, projection, provisionedThroughput, requiredTableName, tableSettings, warmThroughput,
  type TableInput
} from '../../requests/table-shapes.ts'
import { checkPolicy, firstRevision } from '../resource-policies/resource-policy.ts'
import { checkTags, tagList, type Tag } from '../../tables/tags.ts'
import { checkMaxUnits } from '../../tables/on-demand.ts'
import { checkAccountUnits, checkUnits } from '../../tables/throughput.ts'
import { checkNewWarm } from '../../tables/warm-throughput.ts'

export interface CreateTableInput extends TableInput {
  Tags?: Tag[]
  /** The table's policy, as PutResourcePolicy takes it. */
  ResourcePolicy?: string
}

const index = { IndexName: indexName, KeySchema: keySchema, Projection: projection }

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
// dynalite's version reads the wall clock and sets timers; here a table's status follows from its creation time.
export const createTable: DynamodbOperation<CreateTableInput> = {
  types: {
    AttributeDefinitions: { ...attributeDefinitions, notNull: true },
    TableName: requiredTableName,
    BillingMode: billingMode,
    ProvisionedThroughput: provisionedThroughput,
    OnDemandThroughput: onDemandThroughput,
    WarmThroughput: warmThroughput,
    KeySchema: keySchema,
    GlobalSecondaryIndexes: {
      type: 'List',
      children: {
        type: 'ValueStruct<GlobalSecondaryIndex>',
        notNull: true,
        children: { ...index, ProvisionedThroughput: provisionedThroughput, OnDemandThroughput: onDemandThroughput, WarmThroughput: warmThroughput },
      },
    },
    LocalSecondaryIndexes: { type: 'List', children: { type: 'ValueStruct<LocalSecondaryIndex>', notNull: true, children: index } },
    ...tableSettings,
    Tags: tagList,
    ResourcePolicy: 'String',
  },
  custom (input, ctx) {
    checkBilling(input)
    checkKeys(input, ctx.limits)
    checkTableClass(input.TableClass)
    checkMaximums(input)
    checkWarm(input, ctx)
    checkEncryption(input.SSESpecification)
    checkStream(input)
    if (input.Tags) checkTags(input.Tags, ctx.limits)
    if (input.ResourcePolicy !== undefined) checkPolicy(input.ResourcePolicy)
    for (const { units, index } of provisioned(input)) checkUnits(units, ctx, index)
  },
  refuses: ['VectorIndexes', 'GlobalTableSourceArn', 'GlobalTableSettingsReplicationMode'],
  run: (input, ctx) => ctx.store.transact(async (work) => {
    const { store, startedAt } = ctx
    ctx.notes.resource = input.TableName
    await work.ownTable(input.TableName)
    const there = store.tables.get(input.TableName)
    if (there && statusOf(there, startedAt) === 'CREATING') throw stillInUse(`Table is being created: ${input.TableName}`)
    if (there) throw tableAlreadyExists(input.TableName)
    checkAccountUnits(provisioned(input).map(({ units }) => units), store.tables.all(), ctx)
    const table = newTable(input, ctx, input.Tags)
    if (input.ResourcePolicy !== undefined) table.settings.policies = { [table.TableArn]: firstRevision(input.ResourcePolicy, startedAt) }
    const stream = input.StreamSpecification
    if (stream?.StreamEnabled) table.settings.stream = await store.streams.start(table, stream.StreamViewType!) // checked by `custom`
    await store.tables.put(table)
    return { TableDescription: describeTable(table, { now: startedAt, holdings: () => ({ items: 0, bytes: 0 }), limits: ctx.limits, changing: true }) }
  }),
}

/** Checks the maxima on demand of the table and of its indexes. */
export function checkMaximums ({ BillingMode: mode = 'PROVISIONED', OnDemandThroughput, GlobalSecondaryIndexes = [] }: CreateTableInput): void {
  checkMaxUnits(OnDemandThroughput, { mode })
  for (const { IndexName: index, OnDemandThroughput } of GlobalSecondaryIndexes) checkMaxUnits(OnDemandThroughput, { mode, index })
}

/** Checks what the table and its indexes are warmed to. */
export function checkWarm ({ BillingMode, ProvisionedThroughput, WarmThroughput, GlobalSecondaryIndexes = [] }: CreateTableInput, account: DynamodbContext): void {
  const onDemand = BillingMode === 'PAY_PER_REQUEST'
  checkNewWarm({ ProvisionedThroughput, WarmThroughput }, { onDemand, account })
  for (const index of GlobalSecondaryIndexes) checkNewWarm(index, { onDemand, index: index.IndexName, account })
}

function checkStream ({ StreamSpecification: stream }: CreateTableInput): void {
  if (!stream || stream.StreamEnabled === (stream.StreamViewType !== undefined)) return
  throw validation(`One or more parameter values were invalid: Table is being created with a stream ${stream.StreamEnabled
    ? 'enabled, UpdateViewType is required'
    : 'disabled, UpdateViewType should not be specified'}`)
}

export function checkBilling ({ BillingMode, ProvisionedThroughput }: CreateTableInput): void {
  if (BillingMode === 'PAY_PER_REQUEST') {
    if (!ProvisionedThroughput) return
    throw validation('One or more parameter values were invalid: ' +
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST')
  }
  if (!ProvisionedThroughput) {
    throw validation('One or more parameter values were invalid: ' +
      'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED')
  }
}

/** The requested units of the table and of its indexes. */
export function provisioned ({ ProvisionedThroughput, GlobalSecondaryIndexes = [] }: CreateTableInput) {
  return [
    { units: ProvisionedThroughput, index: undefined },
    ...GlobalSecondaryIndexes.map(({ IndexName, ProvisionedThroughput }) => ({ units: ProvisionedThroughput, index: IndexName })),
  ].flatMap(({ units, index }) => units ? [{ units, index }] : [])
}
