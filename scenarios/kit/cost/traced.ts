import type { TracedCall } from '../../../emulator/core/traced-call.ts'
import { costOfUnits, type PriceBook } from '../prices.ts'

/** What one operation has used of one table or index. */
export interface TracedCost {
  /** A table, or `table/index`. */
  resource: string
  operation: string
  calls: number
  readUnits: number
  writeUnits: number
  /** On demand, without a free tier that others may have used up. */
  price: number
}

/** Sums the DynamoDB calls of a trace by table or index, and by operation; the most expensive first. */
export function costOfTrace (book: PriceBook, calls: readonly TracedCall[]): TracedCost[] {
  const sums = new Map<string, TracedCost>()
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
