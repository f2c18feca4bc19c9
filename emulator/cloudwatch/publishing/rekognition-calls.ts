import type { CallRecord } from '../../core/traced-call.ts'
import type { Count } from './counters.ts'
import { isServerError, isThrottled, milliseconds } from './results.ts'

const NAMESPACE = 'AWS/Rekognition'
const DETECTING = new Set(['DetectFaces', 'IndexFaces'])

/** Counts a call. Source: "CloudWatch metrics for Rekognition" (Rekognition developer guide). */
export function countRekognitionCall ({ operation, result, durationMs, notes }: CallRecord, count: Count): void {
  const one = (name: string) => count(NAMESPACE, name, 1, 'Count', 'Operation', operation)
  if (result === 'ok') {
    one('SuccessfulRequestCount')
    count(NAMESPACE, 'ResponseTime', milliseconds(durationMs), 'Milliseconds', 'Operation', operation)
    if (notes.items && DETECTING.has(operation)) count(NAMESPACE, 'DetectedFaceCount', notes.items, 'Count', 'Operation', operation)
  } else {
    one(isThrottled(result) ? 'ThrottledCount' : isServerError(result) ? 'ServerErrorCount' : 'UserErrorCount')
  }
}
