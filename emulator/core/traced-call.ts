/** Capacity that a call used on one table or index. Units as AWS counts them. */
export interface ConsumedUnits {
  /** Table name, or `table/index`. */
  resource: string
  readUnits: number
  writeUnits: number
}

/** What an operation writes down about itself while it runs. */
export interface CallNotes {
  /** The table, bucket or collection that the call is about; several, separated by commas, for a batch. */
  resource?: string
  index?: string
  /** Keys of the items or objects named in the request, in the service's own notation. */
  keys?: unknown[]
  capacity?: ConsumedUnits[]
  /** Items read or written. */
  items?: number
  /** Items that a batch gave back, since a fault rule throttled them. */
  unprocessed?: number
  /** Why the call was refused, where the answer does not say it. */
  reason?: string
  /** Bytes of the answer, or of an upload; none when the call came by the fast path, which writes no answer. */
  bytes?: number
  /** Which attempt of the SDK's at one command this is, when it is not the first. */
  attempt?: number
}

/** One AWS call, as `/_sandtable/trace` shows it. */
export interface TracedCall extends CallNotes {
  /** Counts up from 1 for the life of the emulator. */
  sequence: number
  requestId: string
  /** The id of the API request that caused the call, when the caller said so. */
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

/** A call as the ring stores it. Its capacity is added up when it is read, and its notes may still grow. */
export interface CallRecord extends Omit<TracedCall, keyof CallNotes | 'sequence' | 'readUnits' | 'writeUnits'> {
  notes: CallNotes
}
