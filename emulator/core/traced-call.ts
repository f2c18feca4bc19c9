import type { AccessNote } from './access.ts'

/** Capacity that a call used on one table or index. Units as AWS counts them. */
export interface ConsumedUnits {
  /** Table name, or `table/index`. */
  resource: string
  readUnits: number
  writeUnits: number
  /** A local index, which uses the capacity of its table. */
  local?: true
}

/** What an operation records about itself while it runs. */
export interface CallNotes {
  /** The table, bucket or collection that the call is about; several, separated by commas, for a batch. */
  resource?: string
  index?: string
  /** The label of a stream that records are read from. */
  stream?: string
  /** Keys of the items or objects named in the request, in the service's own notation. */
  keys?: unknown[]
  capacity?: ConsumedUnits[]
  /** Items read or written. */
  items?: number
  /** Items that a batch returned as unprocessed because they were throttled. */
  unprocessed?: number
  /** Why each member of a transaction cancelled it: `None` for one that did not. */
  cancellations?: string[]
  /** The tables and indexes that had no capacity left, by ARN, with AWS's reason. */
  throttling?: { resource: string, reason: string }[]
  /** Why the call was refused, if the answer does not say. */
  reason?: string
  /** With IAM: what the call asked policies for, and what they said. */
  access?: AccessNote[]
  /** In audit mode: the error that the caller would have got. */
  wouldDeny?: string
  /** Bytes of the answer, or of an upload; none when the call used the fast path, which writes no answer. */
  bytes?: number
  /** The number of the SDK's attempt, if it is not the first. */
  attempt?: number
}

/** One AWS call, as `/_sandtable/trace` shows it. */
export interface TracedCall extends CallNotes {
  /** Counts up from 1 since the emulator started. */
  sequence: number
  requestId: string
  /** The id of the API request that caused the call, if the caller sent it. */
  causedBy?: string
  service: string
  operation: string
  account: string
  region: string
  /** Epoch ms on the emulator's clock. */
  startedAt: number
  /** Real time, not the emulator's. */
  durationMs: number
  /** `ok`, or the error's code. */
  result: string
  readUnits: number
  writeUnits: number
}

/** A call as the ring stores it. Its capacity is summed when it is read, and its notes may still grow. */
export interface CallRecord extends Omit<TracedCall, keyof CallNotes | 'sequence' | 'readUnits' | 'writeUnits'> {
  notes: CallNotes
}
