import { costOfUnits, type PriceBook } from './price-book.ts'

/** What the cost of a call depends on; the emulator's trace has it. */
export interface MeteredCall {
  service: string
  operation: string
  /** The table of a call that used nothing. */
  resource?: string
  /** What it used of each table and index, `table/index`. */
  capacity?: readonly { resource: string, readUnits: number, writeUnits: number }[]
}

/** What one operation has used of one table or index. */
export interface OperationCost {
  /** A table, or `table/index`. */
  resource: string
  operation: string
  calls: number
  readUnits: number
  writeUnits: number
  /** On demand, without a free tier that others may have used up. */
  price: number
}

/** Sums calls of DynamoDB by table or index, and by operation; the most expensive first. */
export function costOfCalls (book: PriceBook, calls: readonly MeteredCall[]): OperationCost[] {
  const sums = new Map<string, OperationCost>()
  for (const { service, operation, resource = '', capacity = [] } of calls) {
    if (service !== 'dynamodb') continue
    const parts = capacity.length > 0 ? capacity : [{ resource, readUnits: 0, writeUnits: 0 }]
    for (const part of parts) {
      const key = `${part.resource}\n${operation}`
      const sum = sums.get(key) ?? { resource: part.resource, operation, calls: 0, readUnits: 0, writeUnits: 0, price: 0 }
      sum.calls++
      sum.readUnits += part.readUnits
      sum.writeUnits += part.writeUnits
      sums.set(key, sum)
    }
  }
  return [...sums.values()]
    .map((sum) => ({ ...sum, price: costOfUnits(book, sum) }))
    .sort((one, other) => other.price - one.price || (one.resource < other.resource ? -1 : 1))
}
