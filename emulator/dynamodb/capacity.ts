import { isDeepStrictEqual } from 'node:util'
import type { ConsumedUnits } from '../core/trace.ts'
import type { IndexChange, ItemChange } from './item-change.ts'

/** How a read is charged. Source: "Read consistency" and "Transactions", DynamoDB developer guide. */
export type ReadMode = 'eventual' | 'strong' | 'transactional'

const READ_FACTOR: Record<ReadMode, number> = { eventual: 0.5, strong: 1, transactional: 2 }
const READ_UNIT_BYTES = 4096
const WRITE_UNIT_BYTES = 1024

/** The units to read `bytes` at once, 4 KB each; reading nothing costs as much as 4 KB. */
export function readUnits (bytes: number, mode: ReadMode): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * READ_FACTOR[mode]
}

/** The units to write `bytes`, 1 KB each; writing nothing costs as much as 1 KB. */
export function writeUnits (bytes: number, transactional = false): number {
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES)) * (transactional ? 2 : 1)
}

/** Where capacity was used: the table itself, or one of its indexes. */
export type Arm = 'table' | { index: string, global: boolean }

interface Units { read: number, write: number }
interface TableUse { table: Units, local: Map<string, Units>, global: Map<string, Units> }

/** Adds up the capacity that one call uses, by table and index. */
export class Meter {
  readonly #tables = new Map<string, TableUse>()

  read (tableName: string, units: number, arm: Arm = 'table'): void {
    this.#arm(tableName, arm).read += units
  }

  write (tableName: string, units: number, arm: Arm = 'table'): void {
    this.#arm(tableName, arm).write += units
  }

  /**
   * Charges a write of an item and of its entries in indexes: the larger of the old and the new item; an index entry
   * when it comes, goes or changes, and twice when its key changes. Transactions double the table's share only.
   */
  writeItem (change: ItemChange, transactional = false): void {
    const name = change.table.TableName
    this.write(name, writeUnits(Math.max(change.bytesBefore, change.bytesAfter), transactional))
    for (const index of change.indexes) {
      const units = indexWriteUnits(index)
      if (units > 0) this.write(name, units, index)
    }
  }

  /** For the trace: one row for each table and index. */
  units (): ConsumedUnits[] {
    const rows: ConsumedUnits[] = []
    for (const [name, use] of this.#tables) {
      rows.push({ resource: name, readUnits: use.table.read, writeUnits: use.table.write })
      for (const [index, { read, write }] of [...use.local, ...use.global]) {
        rows.push({ resource: `${name}/${index}`, readUnits: read, writeUnits: write })
      }
    }
    return rows.filter(({ readUnits, writeUnits }) => readUnits > 0 || writeUnits > 0)
  }

  /**
   * `ConsumedCapacity` as an answer shows it, one for each table.
   * @param detail  `INDEXES` splits it by table and index
   * @param split   transactions also tell reads from writes
   */
  consumed (detail: 'TOTAL' | 'INDEXES', split = false): ConsumedCapacity[] {
    return [...this.#tables].map(([TableName, use]) => {
      const all = [use.table, ...use.local.values(), ...use.global.values()]
      const consumed: ConsumedCapacity = { TableName, ...show(sum(all), split) }
      if (detail === 'INDEXES') {
        consumed.Table = show(use.table, split)
        if (use.local.size > 0) consumed.LocalSecondaryIndexes = showAll(use.local, split)
        if (use.global.size > 0) consumed.GlobalSecondaryIndexes = showAll(use.global, split)
      }
      return consumed
    })
  }

  #arm (tableName: string, arm: Arm): Units {
    let use = this.#tables.get(tableName)
    if (!use) this.#tables.set(tableName, use = { table: { read: 0, write: 0 }, local: new Map(), global: new Map() })
    if (arm === 'table') return use.table
    const arms = arm.global ? use.global : use.local
    let units = arms.get(arm.index)
    if (!units) arms.set(arm.index, units = { read: 0, write: 0 })
    return units
  }
}

export interface Capacity { CapacityUnits: number, ReadCapacityUnits?: number, WriteCapacityUnits?: number }

export interface ConsumedCapacity extends Capacity {
  TableName: string
  Table?: Capacity
  LocalSecondaryIndexes?: Record<string, Capacity>
  GlobalSecondaryIndexes?: Record<string, Capacity>
}

function sum (all: Units[]): Units {
  return all.reduce((total, { read, write }) => ({ read: total.read + read, write: total.write + write }), { read: 0, write: 0 })
}

function show ({ read, write }: Units, split: boolean): Capacity {
  if (!split) return { CapacityUnits: read + write }
  return {
    CapacityUnits: read + write,
    ...(read > 0 && { ReadCapacityUnits: read }),
    ...(write > 0 && { WriteCapacityUnits: write }),
  }
}

function showAll (arms: Map<string, Units>, split: boolean): Record<string, Capacity> {
  return Object.fromEntries([...arms].map(([name, units]) => [name, show(units, split)]))
}

function indexWriteUnits ({ before, after, bytesBefore, bytesAfter }: IndexChange): number {
  if (!before || !after) return writeUnits(bytesBefore + bytesAfter)
  if (before.key !== after.key) return writeUnits(bytesBefore) + writeUnits(bytesAfter)
  return isDeepStrictEqual(before.item, after.item) ? 0 : writeUnits(Math.max(bytesBefore, bytesAfter))
}
