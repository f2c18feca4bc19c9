import type { DynamodbContext } from '../../context.ts'
import { targetTableExists, validation } from '../../errors.ts'
import type { RestoreOverrides } from '../../requests/restore-shapes.ts'
import { checkEncryption } from '../../requests/table-checks.ts'
import type { PlacedItems } from '../../storage/table-filling.ts'
import { newTable } from '../../tables/new-table.ts'
import { describeTable } from '../../tables/table-description.ts'
import type { IndexRecord, TableRecord } from '../../tables/table-record.ts'
import { checkAccountUnits, checkUnits, type Units } from '../../tables/throughput.ts'

/** Where a restored table comes from. */
interface Origin { table: TableRecord, backupArn?: string, at: number, items: PlacedItems }

const INVALID = 'Invalid Request: '

/**
 * Restores items into a new table. It has the keys, indexes, units, billing and encryption of its source, or those of the
 * overrides; it has no tags, TTL, stream or point-in-time recovery.
 * @throws TableAlreadyExistsException; ValidationException for overrides that do not match the source
 */
export function restoreTable (input: RestoreOverrides, origin: Origin, ctx: DynamodbContext): Promise<{ TableDescription: object }> {
  return ctx.store.transact(async (work) => {
    const { store, startedAt: now } = ctx
    const { TargetTableName: name } = input
    ctx.notes.resource = name
    await work.ownTable(name)
    if (store.tables.get(name)) throw targetTableExists(name)
    const table = restoredTable(input, origin, ctx)
    await store.createFilled(table, origin.items)
    return { TableDescription: describeTable(table, { now, holdings: () => ({ items: 0, bytes: 0 }), limits: ctx.limits, changing: true }) }
  })
}

function restoredTable (input: RestoreOverrides, { table: source, backupArn, at }: Origin, ctx: DynamodbContext): TableRecord {
  const BillingMode = input.BillingModeOverride ?? (source.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST' ? 'PAY_PER_REQUEST' as const : 'PROVISIONED' as const)
  const isOnDemand = BillingMode === 'PAY_PER_REQUEST'
  const global = indexesOf(source.GlobalSecondaryIndexes, input.GlobalSecondaryIndexOverride)
  const local = indexesOf(source.LocalSecondaryIndexes, input.LocalSecondaryIndexOverride)
  const units = isOnDemand ? undefined : input.ProvisionedThroughputOverride ?? unitsOf(source)
  const all = isOnDemand ? [] : [units!, ...global.map(unitsOf)]
  for (const one of all) checkUnits(one, ctx)
  checkAccountUnits(all, ctx.store.tables.all(), ctx)
  const table = newTable({
    TableName: input.TargetTableName,
    AttributeDefinitions: source.AttributeDefinitions,
    KeySchema: source.KeySchema,
    BillingMode,
    ...(isOnDemand && { OnDemandThroughput: source.OnDemandThroughput }),
    ...(units && { ProvisionedThroughput: units }),
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
    ...(global.length > 0 && { GlobalSecondaryIndexes: global.map(({ WarmThroughput: _cold, ...index }) => ({ ...index, ProvisionedThroughput: isOnDemand ? undefined : unitsOf(index) })) }),
    ...(input.SSESpecificationOverride && { SSESpecification: input.SSESpecificationOverride }),
  }, ctx)
  const until = ctx.startedAt + ctx.delays.restore
  return {
    ...table,
    ...(!input.SSESpecificationOverride && source.SSEDescription && { SSEDescription: source.SSEDescription }),
    ...(source.TableClassSummary && { TableClassSummary: { TableClass: source.TableClassSummary.TableClass } }),
    settings: { ...table.settings, creatingUntil: until, restored: { ...(backupArn !== undefined && { backupArn }), tableArn: source.TableArn, at, until } },
  }
}

/** The source's indexes, or those that an override names. */
function indexesOf (source: readonly IndexRecord[] = [], override?: readonly { IndexName: string, ProvisionedThroughput?: Units }[]): IndexRecord[] {
  if (!override) return [...source]
  return override.map(({ IndexName, ProvisionedThroughput }) => {
    const index = source.find((one) => one.IndexName === IndexName)
    if (!index) {
      throw validation(`${INVALID}Index ${IndexName} does not match a secondary index that existed in the source table and cannot be created during the restore operation`)
    }
    return ProvisionedThroughput ? { ...index, ProvisionedThroughput: { NumberOfDecreasesToday: 0, ...ProvisionedThroughput } } : index
  })
}

/** If an on-demand table becomes provisioned, its units come from the override; its indexes, which have none, get the minimum. */
function unitsOf ({ ProvisionedThroughput: units }: Pick<IndexRecord, 'ProvisionedThroughput'>): Units {
  return { ReadCapacityUnits: Math.max(1, units?.ReadCapacityUnits ?? 1), WriteCapacityUnits: Math.max(1, units?.WriteCapacityUnits ?? 1) }
}

/** @throws ValidationException for overrides that contradict each other */
export function checkOverrides (input: RestoreOverrides): void {
  const { BillingModeOverride: mode, ProvisionedThroughputOverride: units } = input
  if (mode === 'PAY_PER_REQUEST' && units) throw validation('Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST')
  if (mode === 'PROVISIONED' && !units) throw validation('Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED')
  checkEncryption(input.SSESpecificationOverride)
}

/** @throws ValidationException if units are given for a table that stays on demand */
export function checkUnitsOverride ({ BillingModeOverride: mode, ProvisionedThroughputOverride: units }: RestoreOverrides, source: TableRecord): void {
  if (units && !mode && source.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST') {
    throw validation('Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED')
  }
}
