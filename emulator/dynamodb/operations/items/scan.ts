import { shapesOf } from '../../requests/dynalite.ts'
import { scanRules } from '../../requests/item-rules.ts'
import { planScan, type ScanInput } from '../../requests/scan-plan.ts'
import { pageOperation, type PageInput } from './page-operation.ts'

/** Maximum number of segments of a Scan. */
const SEGMENTS = 1_000_000

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
export const scan = pageOperation<PageInput & ScanInput>({
  // dynalite's shape lacks ConsistentRead, and has other bounds for segments.
  types: {
    ...shapesOf('scan'),
    ConsistentRead: 'Boolean',
    TotalSegments: { type: 'Integer', greaterThanOrEqual: 1, lessThanOrEqual: SEGMENTS },
    Segment: { type: 'Integer', greaterThanOrEqual: 0, lessThanOrEqual: SEGMENTS - 1 },
  },
  custom: scanRules,
  plan: planScan,
})
