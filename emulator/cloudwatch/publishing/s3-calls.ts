import type { CallRecord } from '../../core/traced-call.ts'
import type { Count } from './counters.ts'
import { isServerError, isThrottled, milliseconds } from './results.ts'

const NAMESPACE = 'AWS/S3'
/** The name that AWS's console gives a filter that takes in the whole bucket. */
const FILTER = ['FilterId', 'EntireBucket']

const KINDS: readonly [pattern: RegExp, metric: string][] = [
  [/^List/, 'ListRequests'],
  [/^Head/, 'HeadRequests'],
  [/^Get/, 'GetRequests'],
  [/^(?:DeleteObjects|CreateMultipartUpload|CompleteMultipartUpload)$/, 'PostRequests'],
  [/^(?:Delete|Abort)/, 'DeleteRequests'],
  [/^(?:Put|Upload|Copy|Create)/, 'PutRequests'],
]

/** Counts a call, as of a bucket with request metrics. Source: "Amazon S3 CloudWatch request metrics" (S3 user guide). */
export function countS3Call ({ operation, result, durationMs, notes }: CallRecord, count: Count): void {
  const { resource: bucket, bytes } = notes
  if (bucket === undefined) return
  const add = (name: string, value: number, unit: 'Count' | 'Bytes' | 'Milliseconds' = 'Count') => count(NAMESPACE, name, value, unit, 'BucketName', bucket, ...FILTER)
  add('AllRequests', 1)
  const kind = KINDS.find(([pattern]) => pattern.test(operation))?.[1]
  if (kind !== undefined) add(kind, 1)
  const isBroken = isServerError(result) || isThrottled(result)
  // Their average is the share of requests that failed.
  add('4xxErrors', result === 'ok' || isBroken ? 0 : 1)
  add('5xxErrors', isBroken ? 1 : 0)
  add('TotalRequestLatency', milliseconds(durationMs), 'Milliseconds')
  add('FirstByteLatency', milliseconds(durationMs), 'Milliseconds')
  if (result !== 'ok' || !bytes) return
  if (operation === 'GetObject') add('BytesDownloaded', bytes, 'Bytes')
  if (operation === 'PutObject' || operation === 'UploadPart') add('BytesUploaded', bytes, 'Bytes')
}
