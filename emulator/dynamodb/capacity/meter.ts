import type { ConsumedUnits } from '../../core/traced-call.ts'
import { equalItems } from '../values/compare-values.ts'
import type { IndexChange, ItemChange } from '../storage/item-change.ts'

/** How a read is charged. Source: "Read consistency" and "Transactions", DynamoDB developer guide. */
export type ReadMode = 'eventual' | 'strong' | 'transactional'

const READ_FACTOR: Record<ReadMode, number> = { eventual: 0.5, strong: 1, transactional: 2 }
const READ_UNIT_BYTES = 4096
const WRITE_UNIT_BYTES = 1024

/** The units to read `bytes` at once, 4 KB each; reading nothing costs as much as reading 4 KB. */
export function readUnits (bytes: number, mode: ReadMode): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * READ_FACTOR[mode]
}

/** The units to write `bytes`, 1 KB each; writing nothing costs as much as writing 1 KB. */
export function writeUnits (bytes: number, transactional = false): number {
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES)) * (transactional ? 2 : 1)
}

/** Where capacity was used: the table itself, or one of its indexes. */
export type Arm = 'table' | { index: string, global: boolean }

interface Units { read: number, write: number }
/** Most calls use no index. */
interface TableUse { table: Units, local?: Map<string, Units>, global?: Map<string, Units> }

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
   * Charges a write of an item and of its index entries, by the larger of the old and the new item. An index entry is charged
   * when it is added, removed or changed, and twice when its key changes. Transactions double only the table's share.
   */
  writeItem (change: ItemChange, transactional = false): void {
    const name = change.table.TableName
    this.write(name, itemWriteUnits(change, transactional))
    for (const index of change.indexes) {
      const units = indexWriteUnits(index)
      if (units > 0) this.write(name, units, index)
    }
  }

  /** Adds what another meter has counted. */
  add (other: Meter): void {
    for (const [name, { table, local, global }] of other.#tables) {
      const from = ({ read, write }: Units, arm: Arm = 'table') => {
        this.read(name, read, arm)
        this.write(name, write, arm)
      }
      from(table)
      local?.forEach((units, index) => from(units, { index, global: false }))
      global?.forEach((units, index) => from(units, { index, global: true }))
    }
  }

  /** Forgets all: the call was refused. */
  clear (): void {
    this.#tables.clear()
  }

  /** For the trace: one row for each table and index. */
  units (): ConsumedUnits[] {
    const rows: ConsumedUnits[] = []
    const add = (resource: string, { read, write }: Units, local = false) => {
      if (read > 0 || write > 0) rows.push({ resource, readUnits: read, writeUnits: write, ...(local && { local }) })
    }
    for (const [name, { table, local, global }] of this.#tables) {
      add(name, table)
      local?.forEach((units, index) => add(`${name}/${index}`, units, true))
      global?.forEach((units, index) => add(`${name}/${index}`, units))
    }
    return rows
  }

  /**
   * `ConsumedCapacity` as an answer shows it, one for each table.
   * @param detail  `INDEXES` splits it by table and index
   * @param split   transactions also separate reads from writes
   */
  consumed (detail: 'TOTAL' | 'INDEXES', split = false): ConsumedCapacity[] {
    return Array.from(this.#tables, ([TableName, { table, local, global }]) => {
      const all = [table, ...local?.values() ?? [], ...global?.values() ?? []]
      const consumed: ConsumedCapacity = show({ TableName }, sum(all), split)
      if (detail === 'INDEXES') {
        consumed.Table = show({}, table, split)
        if (local) consumed.LocalSecondaryIndexes = showAll(local, split)
        if (global) consumed.GlobalSecondaryIndexes = showAll(global, split)
      }
      return consumed
    })
  }

  #arm (tableName: string, arm: Arm): Units {
    let use = this.#tables.get(tableName)
    if (!use) this.#tables.set(tableName, use = { table: { read: 0, write: 0 } })
    if (arm === 'table') return use.table
    const arms = use[arm.global ? 'global' : 'local'] ??= new Map<string, Units>()
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
  const total = { read: 0, write: 0 }
  for (const { read, write } of all) {
    total.read += read
    total.write += write
  }
  return total
}

/** Adds the members of {@link Capacity} to an answer's object. */
function show<T extends object> (shown: T, { read, write }: Units, split: boolean): T & Capacity {
  const capacity: T & Partial<Capacity> = shown
  capacity.CapacityUnits = read + write
  if (split && read > 0) capacity.ReadCapacityUnits = read
  if (split && write > 0) capacity.WriteCapacityUnits = write
  return capacity as T & Capacity
}

function showAll (arms: Map<string, Units>, split: boolean): Record<string, Capacity> {
  return Object.fromEntries([...arms].map(([name, units]) => [name, show({}, units, split)]))
}

/** The units to write an item, without its entries in indexes. */
export function itemWriteUnits ({ bytesBefore, bytesAfter }: ItemChange, transactional: boolean): number {
  return writeUnits(Math.max(bytesBefore, bytesAfter), transactional)
}

/** The units to write an item's entry in an index. */
export function indexWriteUnits ({ before, after, bytesBefore, bytesAfter }: IndexChange): number {
  if (!before || !after) return writeUnits(bytesBefore + bytesAfter)
  if (before.key !== after.key) return writeUnits(bytesBefore) + writeUnits(bytesAfter)
  return equalItems(before.item, after.item) ? 0 : writeUnits(Math.max(bytesBefore, bytesAfter))
}
