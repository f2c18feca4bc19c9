import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateTableCommand, DeleteTableCommand, DescribeContinuousBackupsCommand, DescribeTableCommand, DescribeTimeToLiveCommand,
  UpdateContinuousBackupsCommand, UpdateTimeToLiveCommand, type CreateTableCommandInput, type DynamoDBClient, type TableDescription,
} from '@aws-sdk/client-dynamodb'
import { stopwatch } from '../core/clock.ts'

/** A table as a feature declares it. */
export interface TableDefinition {
  name: string
  input: CreateTableCommandInput
  /** A Number attribute, in epoch seconds; without one items do not expire. */
  timeToLiveAttribute?: string
  pointInTimeRecovery: boolean
  /** The recovery period: 1 to 35 days. Default: DynamoDB's setting, which for a new table is 35. */
  recoveryDays?: number
}

/** The result of enabling a setting: done now, already done, not wanted, or why not. */
export type Outcome = 'enabled' | 'already enabled' | 'not wanted' | 'not supported by this endpoint' | `refused: ${string}`

export interface CreatedTable {
  name: string
  /** `false` if the table existed. */
  created: boolean
  timeToLive: Outcome
  pointInTimeRecovery: Outcome
}

export interface DescribedTable {
  name: string
  /** DynamoDB's status, or `MISSING`. */
  status: string
  items: number
  bytes: number
  indexes: string[]
}

export interface DeletedTable {
  name: string
  /** `false` when there was none. */
  deleted: boolean
}

export interface ProgressOptions {
  /** Called before each step that can take a while. */
  onProgress?: (event: { table: string, step: string }) => void
  /** Timeout of a table's transitional state. Default: five minutes. */
  timeoutMs?: number
}

const TIMEOUT_MS = 300_000
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 2_000

/**
 * Creates missing tables, waits until all are ACTIVE, and enables expiry and point-in-time recovery where
 * wanted. It can be repeated at any time. A feature that an endpoint lacks is reported in the result, and is not an error.
 * @throws DynamoDB's errors; `TimeoutError` if a table is not ACTIVE in time
 */
export function createTables (dynamodb: DynamoDBClient, definitions: readonly TableDefinition[], options: ProgressOptions = {}): Promise<CreatedTable[]> {
  return Promise.all(definitions.map((definition) => createTable(dynamodb, definition, options)))
}

/** The state of the tables. */
export function describeTables (dynamodb: DynamoDBClient, definitions: readonly TableDefinition[]): Promise<DescribedTable[]> {
  return Promise.all(definitions.map(async ({ name }) => {
    const table = await describe(dynamodb, name)
    return {
      name,
      status: table?.TableStatus ?? 'MISSING',
      items: table?.ItemCount ?? 0,
      bytes: table?.TableSizeBytes ?? 0,
      indexes: [...table?.LocalSecondaryIndexes ?? [], ...table?.GlobalSecondaryIndexes ?? []].map(({ IndexName = '' }) => IndexName),
    }
  }))
}

/** Deletes the tables with all their items, and waits until they are gone. */
export function deleteTables (dynamodb: DynamoDBClient, definitions: readonly TableDefinition[], options: ProgressOptions = {}): Promise<DeletedTable[]> {
  return Promise.all(definitions.map(async ({ name }) => {
    if (!await describe(dynamodb, name)) return { name, deleted: false }
    options.onProgress?.({ table: name, step: 'deleting' })
    await dynamodb.send(new DeleteTableCommand({ TableName: name }))
    await until(`${name} is deleted`, options, async () => await describe(dynamodb, name) === undefined)
    return { name, deleted: true }
  }))
}

async function createTable (dynamodb: DynamoDBClient, definition: TableDefinition, options: ProgressOptions): Promise<CreatedTable> {
  const { name, input } = definition
  const there = await describe(dynamodb, name)
  if (!there) {
    options.onProgress?.({ table: name, step: 'creating' })
    await dynamodb.send(new CreateTableCommand({ ...input, TableName: name })).catch((error: unknown) => {
      // Another process created it first.
      if (!isNamed(error, 'ResourceInUseException')) throw error
    })
  }
  if (there?.TableStatus !== 'ACTIVE') await until(`${name} is ACTIVE`, options, async () => (await describe(dynamodb, name))?.TableStatus === 'ACTIVE')
  options.onProgress?.({ table: name, step: 'setting up' })
  return {
    name,
    created: !there,
    timeToLive: definition.timeToLiveAttribute === undefined ? 'not wanted' : await setTimeToLive(dynamodb, name, definition.timeToLiveAttribute),
    pointInTimeRecovery: definition.pointInTimeRecovery ? await enableRecovery(dynamodb, definition, options) : 'not wanted',
  }
}

async function setTimeToLive (dynamodb: DynamoDBClient, name: string, attribute: string): Promise<Outcome> {
  try {
    const { TimeToLiveDescription: is } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: name }))
    const on = is?.TimeToLiveStatus === 'ENABLED' || is?.TimeToLiveStatus === 'ENABLING'
    if (on) return is.AttributeName === attribute ? 'already enabled' : `refused: items already expire by ${is.AttributeName}`
    await dynamodb.send(new UpdateTimeToLiveCommand({
      TableName: name, TimeToLiveSpecification: { Enabled: true, AttributeName: attribute },
    }))
    return 'enabled'
  } catch (error) {
    return refusal(error)
  }
}

async function enableRecovery (dynamodb: DynamoDBClient, { name, recoveryDays }: TableDefinition, options: ProgressOptions): Promise<Outcome> {
  try {
    const { ContinuousBackupsDescription: is } = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: name }))
    const { PointInTimeRecoveryStatus: status, RecoveryPeriodInDays: days } = is?.PointInTimeRecoveryDescription ?? {}
    if (status === 'ENABLED' && (recoveryDays ?? days) === days) return 'already enabled'
    // AWS sets up a new table's backups for some time after it is ACTIVE.
    await until(`the backups of ${name} are set up`, options, async () => {
      try {
        await dynamodb.send(new UpdateContinuousBackupsCommand({
          TableName: name, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: recoveryDays },
        }))
        return true
      } catch (error) {
        if (isNamed(error, 'ContinuousBackupsUnavailableException')) return false
        throw error
      }
    })
    return 'enabled'
  } catch (error) {
    return refusal(error)
  }
}

/** A missing operation is accepted; any other error is thrown. */
function refusal (error: unknown): Outcome {
  if (isNamed(error, 'UnknownOperationException')) return 'not supported by this endpoint'
  throw error
}

async function describe (dynamodb: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await dynamodb.send(new DescribeTableCommand({ TableName: name }))).Table
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return undefined
    throw error
  }
}

/** Polls with growing intervals; the SDK's own waiters start at 20 seconds. */
async function until (what: string, { timeoutMs = TIMEOUT_MS }: ProgressOptions, isSo: () => Promise<boolean>): Promise<void> {
  const began = stopwatch()
  for (let pause = FIRST_PAUSE_MS; !await isSo(); pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    if (stopwatch() - began > timeoutMs) {
      throw Object.assign(new Error(`Waited ${Math.round(timeoutMs / 1000)} s, but this did not become true: ${what}`), { name: 'TimeoutError' })
    }
    await sleep(pause)
  }
}

const isNamed = (error: unknown, name: string) => error instanceof Error && error.name === name
