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
  'GET /trace/calls/{sequence}': { call: TracedCall, input?: string, output?: string }
  'GET /trace/bodies': { keep: boolean }
  'PUT /trace/bodies': { keep: boolean }
  'GET /faults': { faults: ActiveFault[] }
  'POST /faults': ActiveFault
  'DELETE /faults/{id}': { cleared: number }
  'DELETE /faults': { cleared: number }
  'PUT /rekognition/faces': object
  'GET /api': { url?: string, docs?: string, routes: ApiRoute[] }
  'GET /snapshots/{name}/compare/{other}': { parts: ComparedPart[] }
  'GET /iam/mode': { mode: IamMode }
  'PUT /iam/mode': { mode: IamMode }
  'GET /iam/policy': { mode: IamMode, calls: number, policy: object }
  'GET /throughput': Throughput
  'PUT /throughput': { throttling: boolean }
  'GET /consistency-lag': ConsistencyLag
  'PUT /consistency-lag': ConsistencyLag
  'GET /snapshots': { snapshots: Snapshot[] }
  'POST /snapshots': Snapshot
  'POST /snapshots/{name}/restore': Snapshot
  'DELETE /snapshots/{name}': { deleted: string }
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

export interface ActiveFault {
  id: string
  service?: string
  operation?: string
  resource?: string
  key?: unknown
  error?: string | { code: string, status?: number, message?: string }
  latency?: number | Record<string, number>
  share?: number
  skip?: number
  every?: number
  times?: number
  seed: number
  seen: number
  hits: number
}

export interface Snapshot {
  name: string
  bytes: number
  clock: ClockState
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
  /** The tables and indexes that had no capacity left, by ARN, with AWS's reason. */
  throttling?: { resource: string, reason: string }[]
  reason?: string
  /** With IAM: what the call asked policies for, and what they said. */
  access?: AccessNote[]
  /** In audit mode: the error that the caller would have got. */
  wouldDeny?: string
  bytes?: number
}

/** What tables may use, have left, have used and were refused. */
export interface Throughput {
  throttling: boolean
  tables: (ResourceThroughput & { table: string, billingMode: string, indexes: (ResourceThroughput & { index: string })[] })[]
}

/** Of a table or a global index. */
export interface ResourceThroughput {
  read: SideThroughput
  write: SideThroughput
  hottestKeys: { key: object, units: number }[]
}

export interface SideThroughput {
  limits: Limit[]
  /** Units in the last minute. */
  used: number
  /** Requests, items of batches and actions of transactions in the last minute. */
  refused: number
}

/** A limit and its bucket, in units. */
export interface Limit {
  limit: string
  /** A second. */
  rate: number
  level: number
  size: number
}

/** By table; `*` is all others. */
export interface ConsistencyLag {
  lagMs: Record<string, number>
}

/** `off`: every key may do everything. `audit`: policies are evaluated, and nothing is refused. `on`: they are enforced. */
export type IamMode = 'off' | 'audit' | 'on'

/** One action that a call asked policies for. */
export interface AccessNote {
  action: string
  resource: string
  decision: 'allowed' | 'explicitDeny' | 'implicitDeny'
  /** The policy and statement that decided. */
  by?: string
}

/** A route of the API that runs in the emulator's process. */
export interface ApiRoute { method: string, path: string, summary: string }

/** What differs in a table or a bucket between two snapshots. */
export interface ComparedPart {
  service: string
  account: string
  region?: string
  kind: 'table' | 'bucket'
  name: string
  /** Which of the two has it, if not both. */
  only?: 'first' | 'second'
  added: number
  changed: number
  gone: number
  /** Some of the differences. */
  examples: { change: 'added' | 'changed' | 'gone', key?: string, before?: unknown, after?: unknown }[]
}
