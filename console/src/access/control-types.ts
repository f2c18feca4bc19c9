/** What the routes of the control API answer; `/_sandtable/openapi.json` describes them. */
export interface operations {
  'GET /accounts': { defaults: Scope, holders: Holder[] }
  'GET /operations': { operations: Record<string, string[]> }
  'GET /clock': ClockState
  'PUT /clock': ClockState
  'POST /clock/advance': ClockState
  'POST /clock/freeze': ClockState
  'POST /clock/resume': ClockState
  'GET /trace': { sequence: number, calls: TracedCall[] }
  'DELETE /trace': { cleared: number }
}

/** Whose state is looked at. */
export interface Scope {
  /** Twelve digits. */
  account: string
  region: string
}

export interface Holder {
  service: string
  account: string
  region?: string
}

export interface ClockState {
  /** ISO 8601. */
  now: string
  epochMs: number
  frozen: boolean
  autoAdvanceMs?: number
}

export interface ConsumedUnits {
  resource: string
  readUnits: number
  writeUnits: number
}

/** One AWS call. */
export interface TracedCall {
  sequence: number
  requestId: string
  causedBy?: string
  service: string
  operation: string
  account: string
  region: string
  /** Epoch ms on the emulator's clock. */
  startedAt: number
  /** Real time. */
  durationMs: number
  /** `ok`, or the error's code. */
  result: string
  readUnits: number
  writeUnits: number
  resource?: string
  index?: string
  keys?: unknown[]
  capacity?: ConsumedUnits[]
  items?: number
  attempt?: number
  unprocessed?: number
  reason?: string
  bytes?: number
}
