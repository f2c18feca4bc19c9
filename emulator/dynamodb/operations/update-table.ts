import { engine } from '../engine.ts'
import { notSupported, resourceInUse, tableNotFound, validation } from '../errors.ts'
import type { DynamodbOperation } from '../operation.ts'
import { describeTable, statusOf, type IndexRecord, type TableRecord, type Throughput } from '../table-record.ts'
import { sse, tableSettings } from './create-table.ts'

type Units = Pick<Throughput, 'ReadCapacityUnits' | 'WriteCapacityUnits'>

export interface UpdateTableInput {
  TableName: string
  BillingMode?: 'PROVISIONED' | 'PAY_PER_REQUEST'
  ProvisionedThroughput?: Units
  GlobalSecondaryIndexUpdates?: { Update?: { IndexName: string, ProvisionedThroughput: Units }, Create?: object, Delete?: object }[]
  DeletionProtectionEnabled?: boolean
  TableClass?: string
  SSESpecification?: { Enabled?: boolean, KMSMasterKeyId?: string }
  StreamSpecification?: { StreamEnabled?: boolean }
}

const PASSIVE = { CREATING: 'created', UPDATING: 'updated', DELETING: 'deleted' }

const SETTINGS = ['DeletionProtectionEnabled', 'TableClass'] as const

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
// The new settings hold at once; the table shows UPDATING for as long as the emulator is told to.
export const updateTable: DynamodbOperation<UpdateTableInput> = {
  types: { ...engine.types('updateTable'), ...tableSettings },
  custom (input, ctx) {
    // dynalite does not know that these alone are an update.
    if (!SETTINGS.some((name) => input[name] !== undefined)) engine.custom('updateTable')(input, ctx)
    if (input.StreamSpecification) throw notSupported('StreamSpecification')
    for (const update of input.GlobalSecondaryIndexUpdates ?? []) {
      if (update.Create) throw notSupported('GlobalSecondaryIndexUpdates.Create')
      if (update.Delete) throw notSupported('GlobalSecondaryIndexUpdates.Delete')
    }
  },
  refuses: ['AttributeDefinitions', 'ReplicaUpdates', 'OnDemandThroughput', 'WarmThroughput', 'MultiRegionConsistency',
    'GlobalTableWitnessUpdates', 'GlobalTableSettingsReplicationMode', 'VectorIndexUpdates'],
  run: (input, ctx) => ctx.store.transact(async (work) => {
    const { store, startedAt } = ctx
    ctx.notes.resource = input.TableName
    await work.ownTable(input.TableName)
    const table = store.tables.get(input.TableName)
    if (!table) throw tableNotFound(input.TableName)
    const status = statusOf(table, startedAt)
    if (status !== 'ACTIVE') throw resourceInUse(`Attempt to change a resource which is still in use: Table is being ${PASSIVE[status]}: ${input.TableName}`)

    const updated = update(table, input, { now: startedAt, account: ctx.account, region: ctx.region })
    updated.settings = { ...updated.settings, updatingUntil: startedAt + ctx.delays.update }
    await store.tables.put(updated)
    return { TableDescription: describeTable(updated, { now: startedAt, holdings: (index) => store.holdings(input.TableName, index), status: 'UPDATING' }) }
  }),
}

function update (table: TableRecord, input: UpdateTableInput, { now, account, region }: { now: number, account: string, region: string }): TableRecord {
  const mode = input.BillingMode ?? table.BillingModeSummary?.BillingMode ?? 'PROVISIONED'
  if (input.ProvisionedThroughput && mode === 'PAY_PER_REQUEST') {
    throw validation('One or more parameter values were invalid: ' +
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST')
  }
  const toProvisioned = mode === 'PROVISIONED' && table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST'
  const updated = {
    ...table,
    ...(input.DeletionProtectionEnabled !== undefined && { DeletionProtectionEnabled: input.DeletionProtectionEnabled }),
    ...(input.TableClass && { TableClassSummary: { TableClass: input.TableClass, LastUpdateDateTime: now / 1000 } }),
    ...sse(input.SSESpecification, { account, region }),
  }
  if (input.SSESpecification?.Enabled === false) delete updated.SSEDescription
  if (input.BillingMode) {
    const since = mode === 'PAY_PER_REQUEST' ? { LastUpdateToPayPerRequestDateTime: now / 1000 } : {}
    updated.BillingModeSummary = { ...table.BillingModeSummary, BillingMode: mode, ...since }
    updated.TableThroughputModeSummary = { ...table.TableThroughputModeSummary, TableThroughputMode: mode, ...since }
  }
  if (mode === 'PAY_PER_REQUEST') {
    updated.ProvisionedThroughput = { ...table.ProvisionedThroughput, ReadCapacityUnits: 0, WriteCapacityUnits: 0 }
  } else if (input.ProvisionedThroughput) {
    updated.ProvisionedThroughput = changeThroughput(table.ProvisionedThroughput, input.ProvisionedThroughput, now)
  }
  updated.GlobalSecondaryIndexes = table.GlobalSecondaryIndexes && updateIndexes(table.GlobalSecondaryIndexes, input, { now, mode, toProvisioned })
  return updated
}

function updateIndexes (
  indexes: IndexRecord[], { GlobalSecondaryIndexUpdates = [] }: UpdateTableInput,
  { now, mode, toProvisioned }: { now: number, mode: string, toProvisioned: boolean }
): IndexRecord[] {
  const wanted = new Map(GlobalSecondaryIndexUpdates.flatMap(({ Update }) => Update ? [[Update.IndexName, Update.ProvisionedThroughput]] : []))
  const missing = toProvisioned ? indexes.filter(({ IndexName }) => !wanted.has(IndexName)) : []
  if (missing.length > 0) {
    throw validation('One or more parameter values were invalid: ' +
      `ProvisionedThroughput must be specified for index: ${missing.map(({ IndexName }) => IndexName).join(',')}`)
  }
  return indexes.map((index) => {
    const units = mode === 'PAY_PER_REQUEST' ? { ReadCapacityUnits: 0, WriteCapacityUnits: 0 } : wanted.get(index.IndexName)
    if (!units) return index
    const current = index.ProvisionedThroughput ?? { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 }
    return { ...index, ProvisionedThroughput: mode === 'PAY_PER_REQUEST' ? { ...current, ...units } : changeThroughput(current, units, now) }
  })
}

function changeThroughput (current: Throughput, wanted: Units, now: number): Throughput {
  const { ReadCapacityUnits: read, WriteCapacityUnits: write } = wanted
  if (read === current.ReadCapacityUnits && write === current.WriteCapacityUnits) {
    throw validation('The provisioned throughput for the table will not change. The requested value equals the current value. ' +
      `Current ReadCapacityUnits provisioned for the table: ${read}. Requested ReadCapacityUnits: ${read}. ` +
      `Current WriteCapacityUnits provisioned for the table: ${write}. Requested WriteCapacityUnits: ${write}. ` +
      'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.')
  }
  const increases = read > current.ReadCapacityUnits || write > current.WriteCapacityUnits
  const decreases = read < current.ReadCapacityUnits || write < current.WriteCapacityUnits
  return {
    ...current,
    ReadCapacityUnits: read,
    WriteCapacityUnits: write,
    NumberOfDecreasesToday: current.NumberOfDecreasesToday + Number(decreases),
    ...(increases && { LastIncreaseDateTime: now / 1000 }),
    ...(decreases && { LastDecreaseDateTime: now / 1000 }),
  }
}
