import type { BucketHoldings } from '../../s3/index.ts'
import type { Metric, Unit } from '../metrics/metric.ts'
import type { MetricStore } from '../metrics/metric-store.ts'

/** How often (ms) the storage of buckets is published, at midnight in UTC. */
export const STORAGE_EVERY_MS = 86_400_000

/** Records what a bucket holds. Source: "Amazon S3 daily storage metrics for buckets in CloudWatch" (S3 user guide). */
export function recordStorage (metrics: MetricStore, { bucket, versions, bytes }: BucketHoldings, at: number): void {
  const record = (MetricName: string, value: number, unit: Unit, storageType: string) => {
    const metric: Metric = { Namespace: 'AWS/S3', MetricName, Dimensions: [{ Name: 'BucketName', Value: bucket }, { Name: 'StorageType', Value: storageType }] }
    metrics.record({ metric, unit, at, sample: { n: 1, sum: value, min: value, max: value, values: [[value, 1]] } })
  }
  record('NumberOfObjects', versions, 'Count', 'AllStorageTypes')
  if (bytes > 0) record('BucketSizeBytes', bytes, 'Bytes', 'StandardStorage')
}
