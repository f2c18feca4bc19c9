import { Type, type Static } from 'typebox'
import type { FaceMeasurements } from './measurements.ts'
import type { FaceRecord } from './schemas.ts'

/**
 * US dollars in us-east-1, on demand, Standard class, November 2026: https://aws.amazon.com/dynamodb/pricing/on-demand.
 * Free tiers are left out.
 */
const PRICES = { readUnit: 0.125 / 1e6, writeUnit: 0.625 / 1e6, storageGbMonth: 0.25 }

const DAY_MS = 86_400_000
const DAYS_A_MONTH = 30

/** An eventually consistent read unit covers two blocks of 4 KB: from it follows the size of a scanned table. */
const BYTES_A_READ_UNIT = 8192
const BYTES_A_GB = 1e9

/** 100 MB: beyond it the dashboard is computed from a part of the rows, and says so. */
const MOST_PAGES = 100

const Count = Type.Integer({ minimum: 0 })
const Share = Type.Number({ minimum: 0, maximum: 100 })
const shareOrNull = (description: string) => Type.Unsafe<number | null>({ type: ['number', 'null'], minimum: 0, maximum: 100, description })

export const DashboardSchema = Type.Object({
  successRate: shareOrNull('Percent of the attempts that matched, null before the first: those in `attempts` with FACE_DESIGN=single, those in `records` with history'),
  attempts: Type.Object({
    total: Count,
    matched: Count,
    notMatched: Count,
    noFace: Count,
  }, { description: 'Validations that this process completed since it started' }),
  records: Type.Object({
    total: Count,
    success: Count,
    failed: Count,
    pending: Count,
    complete: Type.Boolean({ description: 'false when the table is larger than the dashboard reads (100 MB): then the numbers cover only its first part' }),
  }, { description: 'By validationStatus, from a Scan: face records with FACE_DESIGN=single, the attempts of the last 30 days with history' }),
  averageConfidence: shareOrNull('Mean confidence of the records; null when there are none'),
  quality: Type.Object({ HIGH: Share, MEDIUM: Share, LOW: Share }, { description: 'Percent of the records of each quality; all 0 when there are none' }),
  averageQueryTimeMs: Type.Unsafe<number | null>({ type: ['number', 'null'], description: 'Mean time of the feature\'s DynamoDB calls in this process, including retries' }),
  estimatedMonthlyCost: Type.Object({
    usd: Type.Number({ minimum: 0 }),
    readUnits: Type.Number({ minimum: 0, description: 'A month' }),
    writeUnits: Type.Number({ minimum: 0, description: 'A month' }),
    storedBytes: Type.Integer({ minimum: 0, description: 'Of the face records, in steps of 4 KB' }),
  }, {
    description: 'DynamoDB on demand in us-east-1, without free tiers: the units that this process has consumed, extrapolated to ' +
      '30 days (a process younger than a day counts as a day old), and the storage of the face records. Without Rekognition and S3',
  }),
  uptime: Type.Object({
    seconds: Type.Number({ minimum: 0, description: 'Since this process started' }),
    percent: shareOrNull('Percent of the feature\'s answers in that time that were not 5xx; null before the first'),
  }),
})
export type Dashboard = Static<typeof DashboardSchema>

export const DASHBOARD_EXAMPLE: Dashboard = {
  successRate: 90,
  attempts: { total: 20, matched: 18, notMatched: 1, noFace: 1 },
  records: { total: 18, success: 18, failed: 0, pending: 0, complete: true },
  averageConfidence: 92.5,
  quality: { HIGH: 80, MEDIUM: 15, LOW: 5 },
  averageQueryTimeMs: 0.7,
  estimatedMonthlyCost: { usd: 0.59, readUnits: 300_000, writeUnits: 600_000, storedBytes: 36_864 },
  uptime: { seconds: 86_400, percent: 99.99 },
}

/** The rows that the dashboard counts: face records in one design, attempts in the other. */
export type DashboardRow = Pick<FaceRecord, 'validationStatus' | 'confidence' | 'quality'>

export interface DashboardSource {
  /** All rows, a page of the table at a time; `readUnits` are those that DynamoDB reports for the page. */
  summaries (mostPages: number): AsyncIterable<{ items: readonly DashboardRow[], readUnits: number, isLast: boolean }>
  /** Whether failed attempts are among the rows. */
  readonly hasFailures: boolean
}

/** Computes seed 000's success dashboard: from the table where it has the numbers, else from this process's measurements. */
export async function computeDashboard ({ source, measurements }: { source: DashboardSource, measurements: FaceMeasurements }): Promise<Dashboard> {
  const byStatus = { success: 0, failed: 0, pending: 0 }
  const byQuality = { HIGH: 0, MEDIUM: 0, LOW: 0 }
  let total = 0
  let confidence = 0
  let tableUnits = 0
  let complete = true
  for await (const { items, readUnits, isLast } of source.summaries(MOST_PAGES)) {
    for (const record of items) {
      byStatus[record.validationStatus] += 1
      byQuality[record.quality] += 1
      confidence += record.confidence
    }
    total += items.length
    tableUnits += readUnits
    complete = isLast
  }

  const { attempts, answers, calls, uptimeMs } = measurements
  const decided = attempts.matched + attempts.notMatched + attempts.noFace
  return {
    successRate: source.hasFailures ? shareOf(byStatus.success, byStatus.success + byStatus.failed) : shareOf(attempts.matched, decided),
    attempts: { total: decided, ...attempts },
    records: { total, ...byStatus, complete },
    averageConfidence: total === 0 ? null : confidence / total,
    quality: {
      HIGH: shareOf(byQuality.HIGH, total) ?? 0,
      MEDIUM: shareOf(byQuality.MEDIUM, total) ?? 0,
      LOW: shareOf(byQuality.LOW, total) ?? 0,
    },
    averageQueryTimeMs: calls.total === 0 ? null : calls.durationMs / calls.total,
    estimatedMonthlyCost: monthlyCost({ ...calls, uptimeMs, storedBytes: tableUnits * BYTES_A_READ_UNIT }),
    uptime: { seconds: uptimeMs / 1000, percent: shareOf(answers.total - answers.failed, answers.total) },
  }
}

function monthlyCost (used: { readUnits: number, writeUnits: number, uptimeMs: number, storedBytes: number }): Dashboard['estimatedMonthlyCost'] {
  const months = DAYS_A_MONTH / Math.max(used.uptimeMs / DAY_MS, 1)
  const readUnits = used.readUnits * months
  const writeUnits = used.writeUnits * months
  const { storedBytes } = used
  const usd = readUnits * PRICES.readUnit + writeUnits * PRICES.writeUnit + storedBytes / BYTES_A_GB * PRICES.storageGbMonth
  return { usd, readUnits, writeUnits, storedBytes }
}

/** Percent, or `null` of nothing. */
const shareOf = (part: number, whole: number): number | null => whole === 0 ? null : part / whole * 100
