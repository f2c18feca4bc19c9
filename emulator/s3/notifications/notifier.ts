import type { BucketRecord } from '../storage/records.ts'
import { concerns } from './configuration.ts'
import { recordOf, type ObjectChange, type ObjectEvent } from './event.ts'

/**
 * Calls the functions that a bucket's notifications name for a change: one event for each change.
 * @param account  the bucket's
 */
export function notifier (account: string, invoke: (arn: string, event: ObjectEvent) => void): (bucket: BucketRecord, change: ObjectChange) => void {
  let sequence = 0
  return (bucket, change) => {
    for (const rule of bucket.settings?.notifications ?? []) {
      if (concerns(rule, change)) invoke(rule.functionArn, { Records: [recordOf(change, { bucket, account, configurationId: rule.id, sequence: sequence++ })] })
    }
  }
}
