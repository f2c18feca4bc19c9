import type { Readable } from 'node:stream'
import { Type, type Static, type TObject, type TProperties, type TSchema } from 'typebox'
import type { VirtualClock } from '../core/clock.ts'
import type { Faults } from '../core/faults.ts'
import type { Trace } from '../core/trace.ts'
import type { IamMode } from '../iam/enforcement/authority.ts'
import type { Replication } from '../dynamodb/replication/replication.ts'
import type { Throughput } from '../dynamodb/capacity/throughput.ts'
import type { ArrangedAnswers } from '../rekognition/index.ts'
import type { SeedSummary } from '../seed/index.ts'
import type { Snapshots } from '../snapshots/index.ts'
import type { StreamShards } from '../streams/stream-shards.ts'
import type { Deliveries } from '../cloudwatch/alarms/deliveries.ts'
import type { TokenIssuer } from '../tokens/issuer.ts'
import type { Functions } from '../triggers/functions.ts'
import type { Triggers } from '../triggers/index.ts'

/** `full`: the disk of the data directory is full; reads work. */
export interface Health { status: 'ok' | 'full' }

/** An account that has, or has had, state in a service. */
export interface Holder {
  service: string
  account: string
  /** For services that separate regions. */
  region?: string
}

/** An API that runs in the process of the emulator. */
export interface AnnouncedApi {
  url: string
  /** The address of its documentation. */
  docs: string
  routes: { method: string, path: string, summary: string }[]
}

/** What the control API controls: the object that `startEmulator()` returns has the same members. */
export interface Controlled {
  readonly clock: VirtualClock
  readonly trace: Trace
  readonly faults: Pick<Faults, 'add' | 'list' | 'remove' | 'clear'>
  readonly serviceNames: readonly string[]
  /** The operations of each service. */
  readonly operations: Readonly<Record<string, readonly string[]>>
  /** The accounts that have state. */
  holders (): Holder[]
  /** The account of access keys that are not account ids, and the region of requests that name none. */
  readonly defaults: { readonly account: string, readonly region: string }
  /** Whether it can write. */
  health (): Health
  /** Arranged answers of Rekognition. */
  readonly faces: Pick<ArrangedAnswers, 'arrange' | 'list' | 'clear'>
  readonly snapshots: Snapshots
  /** Issues tokens, and has the keys with which they are verified. */
  readonly tokens: TokenIssuer
  readonly triggers: Pick<Triggers, 'put' | 'list' | 'remove'>
  readonly functions: Pick<Functions, 'put' | 'list' | 'remove'>
  readonly streams: StreamShards
  readonly alarms: Pick<Deliveries, 'follow' | 'targets' | 'setTarget' | 'removeTarget'>
  /** Whether policies are enforced. */
  readonly authority: { mode: IamMode }
  /** Makes users, groups, roles and policies. */
  loadPrincipals (principals: object): Promise<number>
  /** Throttling, and how long reads lag. */
  readonly throughput: Throughput
  /** How long writes to global tables are in transit. */
  readonly replication: Pick<Replication, 'lagMs'>
  /** Describes the API that runs in this process, if there is one. */
  readonly announced: (() => AnnouncedApi) | undefined
  settled (): Promise<void>
  reset (scope?: { service?: string, account?: string }): Promise<void>
  seed (): Promise<SeedSummary>
}

/** A request's input, validated by the route's schemas. */
export interface RouteInput<P = Record<string, unknown>, Q = Record<string, unknown>, B = Record<string, unknown>> {
  params: P
  query: Q
  /** `{}` for a request without a body. */
  body: B
  /** The body of an `upload` route. */
  upload: AsyncIterable<Uint8Array>
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>
}

/** One path and method, as data: it validates the request, and makes the OpenAPI document. */
interface RouteOf<P extends TObject, Q extends TObject, B extends TObject> {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Below `/_sandtable`; `{name}` is a parameter, one segment, which is decoded. */
  path: string
  /** One line. */
  summary: string
  /** Parameters of the path. */
  params?: P
  /** Query parameters. Numbers and booleans in it are converted. */
  query?: Q
  /** A JSON object. Without it, and without `upload`, the request has no body. */
  body?: B
  /** The media type of a body that is not JSON; `input.upload` is its bytes, of any length. */
  upload?: string
  /** The schema of the answer's JSON. */
  answer?: TSchema
  /** The media type of an answer that is not JSON; `run` returns its bytes. */
  download?: string
  /** The answer. Throws a {@link ControlError} on bad input. */
  run (emulator: Controlled, input: RouteInput<Static<P>, Static<Q>, Static<B>>): unknown
}

export type ControlRoute = RouteOf<TObject, TObject, TObject>

/** The result of `run` for a route with a `download`. */
export type Download = Readable | Uint8Array

/** A route whose input has the types of its schemas. */
export function route<P extends TObject, Q extends TObject, B extends TObject> (spec: RouteOf<P, Q, B>): ControlRoute {
  return spec // `run` is only called with input that the schemas accept
}

/** An object with these members and no others: a misspelt member is refused rather than ignored. */
export const members = <const T extends TProperties>(properties: T) => Type.Object(properties, { additionalProperties: false })

/** Twelve digits. */
export const AccountSchema = Type.String({ pattern: '^\\d{12}$', description: 'twelve digits' })
