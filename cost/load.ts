import { priceOf, type PriceBook } from './price-book.ts'

/** A load on a table, a month long. */
export interface Load {
  /** A month. */
  reads: number
  writes: number
  itemBytes: number
  storedBytes: number
  /** Strongly consistent reads cost twice as much. */
  consistent: boolean
  /** Global secondary indexes that hold whole items; each write changes an entry of each. */
  indexes: number
  /** Point-in-time recovery. */
  recovery: boolean
}

/** A line of a bill. */
export interface CostLine {
  what: string
  quantity: number
  unit: string
  price: number
}

export interface LoadCost {
  onDemand: { lines: CostLine[], total: number }
  /** Missing where the price book has no prices for it. */
  provisioned?: { lines: CostLine[], total: number }
  /** The average share of provisioned capacity that must be used for it to be cheaper, 0 to 1. */
  breakEven?: { reads: number, writes: number }
}

const READ_UNIT_BYTES = 4096
const WRITE_UNIT_BYTES = 1024
const GIGABYTE = 2 ** 30
/** What AWS adds to each item, in the table and in each index. */
const OVERHEAD_BYTES = 100
/** The share of provisioned capacity that a steady load is planned to use: auto scaling's usual target. */
const TARGET_UTILIZATION = 0.7

/**
 * What DynamoDB charges for a load in a month, on demand and with provisioned capacity for a steady rate.
 *
 * Source: "DynamoDB item sizes and formats", "DynamoDB pricing"; the free tiers are the first ranges of the price book.
 */
export function costOfLoad (book: PriceBook, load: Load): LoadCost {
  const { onDemand, provisioned, hoursPerMonth } = book.dynamodb
  const readUnits = load.reads * Math.ceil(load.itemBytes / READ_UNIT_BYTES) * (load.consistent ? 1 : 0.5)
  const writeUnits = load.writes * Math.ceil(load.itemBytes / WRITE_UNIT_BYTES)
  const stored = storageLines(book, load)
  const indexed = (what: string) => load.indexes === 0 ? what : `${what}, table and ${load.indexes === 1 ? 'index' : `${load.indexes} indexes`}`
  const arms = 1 + load.indexes
  const requests = bill([
    { what: 'reads', quantity: readUnits, unit: 'read units', price: priceOf(readUnits, onDemand.readUnit) },
    { what: indexed('writes'), quantity: writeUnits * arms, unit: 'write units', price: priceOf(writeUnits * arms, onDemand.writeUnit) },
    ...stored,
  ])
  if (!provisioned) return { onDemand: requests }
  const capacity = (units: number) => Math.max(1, Math.ceil(units / (hoursPerMonth * 3600) / TARGET_UTILIZATION))
  const readHours = capacity(readUnits) * hoursPerMonth
  const writeHours = capacity(writeUnits) * arms * hoursPerMonth
  return {
    onDemand: requests,
    provisioned: bill([
      { what: `${capacity(readUnits)} RCU`, quantity: readHours, unit: 'unit-hours', price: priceOf(readHours, provisioned.readUnitHour) },
      { what: indexed(`${capacity(writeUnits)} WCU`), quantity: writeHours, unit: 'unit-hours', price: priceOf(writeHours, provisioned.writeUnitHour) },
      ...stored,
    ]),
    breakEven: {
      reads: lastPrice(provisioned.readUnitHour) / 3600 / lastPrice(onDemand.readUnit),
      writes: lastPrice(provisioned.writeUnitHour) / 3600 / lastPrice(onDemand.writeUnit),
    },
  }
}

function storageLines ({ name, dynamodb: { gigabyteMonth } }: PriceBook, { itemBytes, storedBytes, indexes, recovery }: Load): CostLine[] {
  const overhead = Math.ceil(storedBytes / itemBytes) * OVERHEAD_BYTES
  const gigabytes = (storedBytes + overhead) / GIGABYTE
  const lines = [{ what: 'storage', quantity: gigabytes, unit: 'GB-months', price: priceOf(gigabytes, gigabyteMonth.storage) }]
  if (indexes > 0) {
    const all = gigabytes * (1 + indexes)
    lines.push({ what: 'storage of indexes', quantity: gigabytes * indexes, unit: 'GB-months', price: priceOf(all, gigabyteMonth.storage) - priceOf(gigabytes, gigabyteMonth.storage) })
  }
  if (recovery) {
    if (!gigabyteMonth.recovery) throw new RangeError(`The price book ${name} has no price of point-in-time recovery`)
    lines.push({ what: 'point-in-time recovery', quantity: gigabytes, unit: 'GB-months', price: priceOf(gigabytes, gigabyteMonth.recovery) })
  }
  return lines
}

const bill = (lines: CostLine[]) => ({ lines, total: lines.reduce((sum, { price }) => sum + price, 0) })

/** Beyond the free tier. */
const lastPrice = (bands: readonly { each: number }[]) => bands.at(-1)?.each ?? 0
