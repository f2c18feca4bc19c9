import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateTableCommand, DeleteTableCommand, DescribeContinuousBackupsCommand, DescribeTableCommand, DescribeTimeToLiveCommand,
  UpdateContinuousBackupsCommand, UpdateTimeToLiveCommand, type CreateTableCommandInput, type DynamoDBClient, type TableDescription,
} from '@aws-sdk/client-dynamodb'
import { stopwatch } from '../core/clock.ts'

/** A table as a feature wants it. */
export interface TableDefinition {
  name: string
  input: CreateTableCommandInput
  /** A Number attribute, in epoch seconds; without one items do not expire. */
  timeToLiveAttribute?: string
  pointInTimeRecovery: boolean
  /** How far back recovery reaches: 1 to 35 days. Default: what DynamoDB has, which for a new table is 35. */
  recoveryDays?: number
}

/** What became of a wish: done now, found done, not asked for, or why not. */
export type Outcome = 'enabled' | 'already enabled' | 'not wanted' | 'not supported by this endpoint' | `refused: ${string}`

export interface CreatedTable {
  name: string
  /** `false` when the table was there. */
  created: boolean
  timeToLive: Outcome
  pointInTimeRecovery: Outcome
}

export interface DescribedTable {
  name: string
  /** DynamoDB's own, or `MISSING`. */
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
  /** How long a table may take to get where it is going. Default: five minutes. */
  timeoutMs?: number
}

const TIMEOUT_MS = 300_000
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 2_000

/**
 * Creates the tables that are missing, waits until all are ACTIVE, and turns on expiry and point-in-time recovery where
 * wanted. Can be run again at any time. A feature that an endpoint does not have is reported in the result, and is no error.
 *
 * @throws what DynamoDB throws; `TimeoutError` when a table is not ACTIVE in time
 */
export function createTables (dynamodb: DynamoDBClient, definitions: readonly TableDefinition[], options: ProgressOptions = {}): Promise<CreatedTable[]> {
  return Promise.all(definitions.map((definition) => createTable(dynamodb, definition, options)))
}

/** What is there of the tables. */
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

/** Deletes the tables, with all that is in them, and waits until they are gone. */
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
      // Another process was quicker.
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
    // AWS is still setting a new table's backups up for a while after it is ACTIVE.
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

/** An endpoint without the operation is no reason to stop; anything else is. */
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

/** Asks again and again, at growing distances; the SDK's own waiters start at 20 seconds. */
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
