import type { DynamodbContext } from '../context.ts'
import { indexNotFound, limitExceeded, validation } from '../errors.ts'
import { encryption, newIndex } from './new-table.ts'
import { admitEncryption, admitIndexChange, admitTableClass, admitThroughput } from './table-admission.ts'
import { checkGlobalIndex, checkProjectedAttributes } from '../requests/table-checks.ts'
import type { KeySchema } from '../values/item.ts'
import { usedDefinitions } from './table-description.ts'
import type { IndexRecord, Transitions, TableRecord } from './table-record.ts'
import type { Definitions, IndexInput, IndexThroughput, UpdateTableInput } from '../requests/table-shapes.ts'
import { checkMaxUnits, withMaxUnits } from './on-demand.ts'
import { changeThroughput, checkAccountUnits, checkUnits, newThroughput, switchToOnDemand, type Throughput, type Units } from './throughput.ts'
import { checkNewWarm, checkWarmer, isGiven, warmest, warmOf, type WarmSettings, type WarmUnits } from './warm-throughput.ts'

const PREFIX = 'One or more parameter values were invalid: '

/** A table after UpdateTable, the index that has to be filled, and the one that has to be emptied. */
export interface Changes { updated: TableRecord, created?: IndexRecord, deleted?: string }

interface Change { input: UpdateTableInput, ctx: DynamodbContext, mode: string, wasMode: string }

/**
 * Computes the result of UpdateTable for a settled table; nothing is written yet.
 * @throws AWS's errors for invalid, excessive or conflicting changes
 */
export function applyChanges (table: TableRecord, input: UpdateTableInput, ctx: DynamodbContext): Changes {
  const wasMode = table.BillingModeSummary?.BillingMode ?? 'PROVISIONED'
  const change = { input, ctx, mode: input.BillingMode ?? wasMode, wasMode }
  const changes: Changes = { updated: table }
  changeSettings(changes, change)
  changeBilling(changes, change)
  changeWarmth(changes, change)
  changeIndexes(changes, change)
  checkAccountUnits([difference(table, changes.updated)], ctx.store.tables.all(), ctx)
  return changes
}

function changeSettings (changes: Changes, { input, ctx }: Change): void {
  const { updated: table } = changes
  const now = ctx.startedAt
  if (input.DeletionProtectionEnabled !== undefined) changes.updated = { ...table, DeletionProtectionEnabled: input.DeletionProtectionEnabled }
  if (input.TableClass !== undefined) {
    admitTableClass(table)
    changes.updated = withTransitions(table, { updating: { until: now + ctx.delays.update, what: 'class' } })
    // A table that always had the standard class has no class summary.
    if (table.TableClassSummary ?? input.TableClass !== 'STANDARD') {
      changes.updated.TableClassSummary = { TableClass: input.TableClass, LastUpdateDateTime: now / 1000 }
    }
  }
  if (input.SSESpecification) {
    admitEncryption(table)
    const { SSEDescription: was, ...rest } = table
    const wanted = encryption(input.SSESpecification, ctx)
    if (!was && !wanted.SSEDescription) throw validation(`${PREFIX}Table is already encrypted by default`)
    if (was && input.SSESpecification.KMSMasterKeyId === was.KMSMasterKeyArn) {
      throw validation(`${PREFIX}Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you want to change Master Key`)
    }
    changes.updated = withTransitions({ ...rest, ...wanted }, { encryptingUntil: now + ctx.delays.update })
  }
}

function changeBilling (changes: Changes, change: Change): void {
  const { updated: table } = changes
  const { input, ctx, mode, wasMode } = change
  const { BillingMode, ProvisionedThroughput: units } = input
  if (units && mode === 'PAY_PER_REQUEST') {
    throw validation(`${PREFIX}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`)
  }
  checkMaxUnits(input.OnDemandThroughput, { mode, removes: true })
  if (!BillingMode && !units && !input.OnDemandThroughput) return
  admitThroughput(table, ctx.startedAt)
  const updated = withTransitions(table, { updating: { until: ctx.startedAt + ctx.delays.update, what: 'throughput' } })
  if (units ?? mode !== wasMode) updated.WarmThroughput = warmedBy(table, change)
  if (units) updated.ProvisionedThroughput = setUnits(table.ProvisionedThroughput, units, ctx, { switched: mode !== wasMode })
  if (mode !== wasMode) {
    const since = mode === 'PAY_PER_REQUEST' ? { LastUpdateToPayPerRequestDateTime: ctx.startedAt / 1000 } : {}
    updated.BillingModeSummary = { ...table.BillingModeSummary, BillingMode: mode, ...since }
    updated.TableThroughputModeSummary = { ...table.TableThroughputModeSummary, TableThroughputMode: mode, ...since }
    if (mode === 'PAY_PER_REQUEST') {
      updated.settings.onDemandSwitches = switchToOnDemand(table.settings.onDemandSwitches, ctx)
      updated.ProvisionedThroughput = { ...table.ProvisionedThroughput, ReadCapacityUnits: 0, WriteCapacityUnits: 0 }
      updated.GlobalSecondaryIndexes = table.GlobalSecondaryIndexes?.map((index) => ({
        ...index, ProvisionedThroughput: { ...index.ProvisionedThroughput!, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
      }))
    }
    updated.GlobalSecondaryIndexes = updated.GlobalSecondaryIndexes?.map((index, at) => ({ ...index, WarmThroughput: warmedBy(table.GlobalSecondaryIndexes![at]!, change) }))
    const indexes = (table.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => IndexName)
    if (mode === 'PROVISIONED') checkAllProvisioned(indexes, input)
    if (indexes.length > 0) updated.settings.updatingIndexes = Object.fromEntries(indexes.map((name) => [name, ctx.startedAt + ctx.delays.update]))
  }
  changes.updated = mode === 'PAY_PER_REQUEST' ? withMaxUnits(updated, input.OnDemandThroughput) : withoutMaximums(updated)
}

/** What a table or an index can take before a change of its units or its mode: it does not cool down with them. */
function warmedBy (before: WarmSettings, { ctx, wasMode }: Change): WarmUnits {
  return warmOf(before, wasMode === 'PAY_PER_REQUEST', ctx.limits)
}

function changeWarmth (changes: Changes, { input: { WarmThroughput: wanted }, ctx, mode }: Change): void {
  if (!isGiven(wanted)) return
  const { updated: table } = changes
  const before = table.settings.warming?.['']?.before ?? warmOf(table, mode === 'PAY_PER_REQUEST', ctx.limits)
  checkWarmer(before, wanted, { account: ctx })
  changes.updated = withWarming({ ...table, WarmThroughput: warmest(table.WarmThroughput ?? {}, wanted) }, '', before, ctx)
}

/** While something is warmed, what it could take before is shown. */
function withWarming (table: TableRecord, index: string, before: Required<WarmUnits>, { startedAt, delays }: DynamodbContext): TableRecord {
  return withTransitions(table, { warming: { ...table.settings.warming, [index]: { before, until: startedAt + delays.update } } })
}

/** A maximum is of on-demand mode alone. */
function withoutMaximums ({ OnDemandThroughput: _ended, ...table }: TableRecord): TableRecord {
  if (!table.GlobalSecondaryIndexes) return table
  return { ...table, GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map(({ OnDemandThroughput: _ended, ...index }) => index) }
}

/** A table that leaves on-demand mode needs units for each of its indexes. */
function checkAllProvisioned (indexes: string[], { GlobalSecondaryIndexUpdates = [] }: UpdateTableInput): void {
  const given = new Set(GlobalSecondaryIndexUpdates.flatMap(({ Update }) => Update?.ProvisionedThroughput ? [Update.IndexName] : []))
  const missing = indexes.filter((name) => !given.has(name))
  if (missing.length > 0) throw validation(`${PREFIX}ProvisionedThroughput must be specified for index: ${missing.join(',')}`)
}

function changeIndexes (changes: Changes, change: Change): void {
  for (const { Update, Create, Delete } of change.input.GlobalSecondaryIndexUpdates ?? []) {
    if (Update) updateIndex(changes, Update, change)
    if (Create) createIndex(changes, Create, change)
    if (Delete) deleteIndex(changes, Delete.IndexName, change)
  }
}

function updateIndex (changes: Changes, { IndexName: name, ProvisionedThroughput: units, OnDemandThroughput, WarmThroughput: wanted }: IndexThroughput, change: Change): void {
  const { ctx, mode, wasMode } = change
  const switched = mode !== wasMode
  const max = isGiven(OnDemandThroughput) ? OnDemandThroughput : undefined
  // A change of the billing mode has marked the index already.
  if (!switched) admitIndexChange(changes.updated, 'Update', name, ctx.startedAt)
  const index = globalIndex(changes.updated, name, 'update')
  checkMaxUnits(max, { mode, index: name, removes: true })
  if (mode === 'PAY_PER_REQUEST' && (units ?? !(max ?? wanted))) {
    throw validation(`${PREFIX}The only Updates for index: ${name} when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput`)
  }
  if (wanted) warmIndex(changes, index, wanted, change)
  if (max) replaceIndex(changes, name, (index) => withMaxUnits(index, max), ctx)
  if (max ?? (wanted && !units)) return
  if (!units) throw validation(`${PREFIX}Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: ${name}`)
  const ProvisionedThroughput = setUnits(index.ProvisionedThroughput ?? newThroughput(), units, ctx, { index: name, switched })
  // A change of the billing mode has kept what the index could take.
  replaceIndex(changes, name, (index) => ({ ...index, ProvisionedThroughput, ...(!switched && { WarmThroughput: warmedBy(index, change) }) }), ctx)
}

function replaceIndex (changes: Changes, name: string, by: (index: IndexRecord) => IndexRecord, { startedAt, delays }: DynamodbContext): void {
  const { updated: table } = changes
  changes.updated = withTransitions({ ...table, GlobalSecondaryIndexes: table.GlobalSecondaryIndexes!.map((one) => one.IndexName === name ? by(one) : one) },
    { updatingIndexes: { ...table.settings.updatingIndexes, [name]: startedAt + delays.update } })
}

/** The index stays ACTIVE while it is warmed. */
function warmIndex (changes: Changes, index: IndexRecord, wanted: WarmUnits, { ctx, mode }: Change): void {
  const { updated: table } = changes
  const { IndexName: name } = index
  const before = table.settings.warming?.[name]?.before ?? warmOf(index, mode === 'PAY_PER_REQUEST', ctx.limits)
  checkWarmer(before, wanted, { index: name, account: ctx })
  const warmed = { ...index, WarmThroughput: warmest(index.WarmThroughput ?? {}, wanted) }
  changes.updated = withWarming({ ...table, GlobalSecondaryIndexes: table.GlobalSecondaryIndexes!.map((one) => one === index ? warmed : one) }, name, before, ctx)
}

function createIndex (changes: Changes, given: IndexInput, { input, ctx, mode }: Change): void {
  const { updated: table } = changes
  const { IndexName: name, ProvisionedThroughput: units } = given
  const { limits, delays, startedAt } = ctx
  if (!input.AttributeDefinitions) throw validation(`${PREFIX}AttributeDefinitions is not specified for index: ${name}`)
  const AttributeDefinitions = mergedDefinitions(table, given, input.AttributeDefinitions)
  checkGlobalIndex(given, AttributeDefinitions)
  if (mode === 'PAY_PER_REQUEST' && units) throw validation(`${PREFIX}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: ${name} when BillingMode is PAY_PER_REQUEST`)
  if (mode === 'PROVISIONED' && !units) throw validation(`${PREFIX}Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: ${name}`)
  checkMaxUnits(given.OnDemandThroughput, { mode, index: name })
  checkNewWarm(given, { onDemand: mode === 'PAY_PER_REQUEST', index: name, account: ctx })
  if (indexesOf(table).some(({ IndexName }) => IndexName === name)) throw validation('Attempting to create an index which already exists')
  // A change of the billing mode in the same request is not yet in progress.
  admitIndexChange(input.BillingMode ? withTransitions(table, { updating: undefined }) : table, 'Create', name, startedAt)
  const GlobalSecondaryIndexes = [...table.GlobalSecondaryIndexes ?? [], {
    ...newIndex(given, table.TableArn),
    ProvisionedThroughput: newThroughput(units),
    ...withMaxUnits({}, given.OnDemandThroughput),
    ...(isGiven(given.WarmThroughput) && { WarmThroughput: given.WarmThroughput }),
  }]
  if (GlobalSecondaryIndexes.length > limits.globalIndexes) {
    throw limitExceeded(`Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of ${limits.globalIndexes}`)
  }
  checkProjectedAttributes([...table.LocalSecondaryIndexes ?? [], ...GlobalSecondaryIndexes])
  if (units) checkUnits(units, ctx, name)
  const allocatedAt = startedAt + delays.update
  changes.created = GlobalSecondaryIndexes.at(-1)!
  changes.updated = withTransitions({ ...table, AttributeDefinitions, GlobalSecondaryIndexes }, { building: { index: name, allocatedAt, until: allocatedAt + delays.backfill } })
}

function deleteIndex (changes: Changes, name: string, { input, ctx }: Change): void {
  const { updated: table } = changes
  admitIndexChange(input.BillingMode ? withTransitions(table, { updating: undefined }) : table, 'Delete', name, ctx.startedAt)
  const index = globalIndex(table, name, 'delete')
  const { GlobalSecondaryIndexes, ...rest } = table
  const others = GlobalSecondaryIndexes!.filter((one) => one !== index)
  const { building: _stopped, ...settings } = table.settings
  changes.deleted = name
  changes.updated = withTransitions({ ...rest, settings, ...(others.length > 0 && { GlobalSecondaryIndexes: others }) },
    { dropping: { index, until: ctx.startedAt + ctx.delays.update } })
}

function globalIndex (table: TableRecord, name: string, action: string): IndexRecord {
  const index = table.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === name)
  if (index) return index
  if (indexesOf(table).some(({ IndexName }) => IndexName === name)) throw validation(`Cannot ${action} an index that is not a GlobalSecondaryIndex: ${name}`)
  throw indexNotFound(name, table.TableName)
}

function indexesOf ({ LocalSecondaryIndexes = [], GlobalSecondaryIndexes = [] }: TableRecord): IndexRecord[] {
  return [...LocalSecondaryIndexes, ...GlobalSecondaryIndexes]
}

/**
 * The definitions in use, and those that the request gives to the new index. Other definitions in the request are
 * ignored: it may repeat the table's, and have more.
 */
function mergedDefinitions (table: TableRecord, { KeySchema }: IndexInput, given: Definitions): Definitions {
  const inUse = usedDefinitions(table)
  const added = given.filter(({ AttributeName: name }) => KeySchema.some(({ AttributeName }) => AttributeName === name))
  for (const { AttributeName: name, AttributeType: type } of added) {
    const other = inUse.find(({ AttributeName }) => AttributeName === name)?.AttributeType
    if (!other || other === type) continue
    const existing = [table, ...indexesOf(table)].find((one) => one.KeySchema.some(({ AttributeName }) => AttributeName === name))!.KeySchema
    throw validation(`${PREFIX}Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. ` +
      `Existing schema: ${shownSchema(existing, inUse)} New schema: ${shownSchema(KeySchema, [...added, ...inUse])}`)
  }
  return [...inUse, ...added.filter(({ AttributeName: name }) => !inUse.some(({ AttributeName }) => AttributeName === name))]
}

/** A key schema as AWS's messages show it. */
function shownSchema (schema: KeySchema, definitions: Definitions): string {
  const elements = schema.map(({ AttributeName: name, KeyType }) =>
    `SchemaElement: key{${name}:${definitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType}:${KeyType}}`)
  return `Schema:[${elements.join(', ')}]`
}

function setUnits (current: Throughput, units: Units, ctx: DynamodbContext, { index, switched }: { index?: string, switched: boolean }): Throughput {
  if (!switched) return changeThroughput(current, units, ctx, index)
  checkUnits(units, ctx, index)
  return { ...current, ...units }
}

/** The change in provisioned units. */
function difference (before: TableRecord, after: TableRecord): Units {
  const sum = ({ ProvisionedThroughput, GlobalSecondaryIndexes = [] }: TableRecord, name: keyof Units) =>
    GlobalSecondaryIndexes.reduce((total, index) => total + (index.ProvisionedThroughput?.[name] ?? 0), ProvisionedThroughput[name])
  return {
    ReadCapacityUnits: sum(after, 'ReadCapacityUnits') - sum(before, 'ReadCapacityUnits'),
    WriteCapacityUnits: sum(after, 'WriteCapacityUnits') - sum(before, 'WriteCapacityUnits'),
  }
}

function withTransitions (table: TableRecord, states: Transitions): TableRecord {
  return { ...table, settings: { ...table.settings, ...states } }
}
