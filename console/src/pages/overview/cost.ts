import prices from '../../../../cost/price-books/aws-2026-11.json'

/** The day of the prices. */
export const PRICES_AS_OF = prices.asOf

/** What the units cost on demand, in dollars, in the first range of prices. */
export function costOf ({ readUnits, writeUnits }: { readUnits: number, writeUnits: number }): number {
  const { readUnit, writeUnit } = prices.dynamodb.onDemand
  return readUnits * (readUnit[0]?.each ?? 0) + writeUnits * (writeUnit[0]?.each ?? 0)
}
