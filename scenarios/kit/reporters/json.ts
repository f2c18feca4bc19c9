import { costOfAMillion } from '../../../cost/price-book.ts'
import type { ScenarioResult } from '../runner.ts'
import type { ReportContext } from './table.ts'

/** The results as one JSON document; what was not measured is not there. */
export function jsonReport (results: readonly ScenarioResult[], { seed, priceBook }: ReportContext): string {
  const { name, region, currency, asOf } = priceBook
  return JSON.stringify({
    seed,
    priceBook: { name, region, currency, asOf },
    scenarios: results.map((result) => ({
      ...result,
      dynamodbCostOfAMillion: result.usage && costOfAMillion(priceBook, result.usage),
    })),
  }, null, 2)
}
