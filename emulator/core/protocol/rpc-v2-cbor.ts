import { decode, encode, Tagged } from 'cborg'
import type { Context } from '../context.ts'
import type { AwsError } from '../errors.ts'
import { invoke } from '../pipeline.ts'
import type { Environment, Origin } from '../service.ts'
import { readBody, type WireRequest, type WireResponse } from '../wire.ts'
import { AnswerMap } from './answer-map.ts'
import { asServiceError, type AwsJsonService } from './aws-json.ts'
import { unpack } from './compression.ts'
import { Timestamp } from './timestamp.ts'
import { reportUnknown } from './unknown-operation.ts'

/** What this protocol has to know of a service: the same as AWS JSON. */
export type RpcService<C extends Context> = AwsJsonService<C>

/** The tag of a time, as epoch seconds: RFC 8949, section 3.4.2. */
const EPOCH_SECONDS = 1
const PROTOCOL = 'rpc-v2-cbor'
const PATH = /^\/service\/([^/]+)\/operation\/([^/]+)$/

/** Whether a request is a call in Smithy RPC v2 CBOR. */
export function isRpcCall ({ headers, path }: WireRequest): boolean {
  return headers['smithy-protocol'] === PROTOCOL || PATH.test(path)
}

/**
 * Answers one request in Smithy RPC v2 CBOR (https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html): the
 * path names the operation, bodies are CBOR, times have tag 1. Operations get the same input as from AWS JSON.
 */
export async function serveRpcCbor<C extends Context> (
  service: RpcService<C>, request: WireRequest, ctx: C, environment: Environment, origin: Origin
): Promise<WireResponse> {
  let name: string | undefined
  try {
    if (Number(request.headers['content-length'] ?? 0) > service.maxBodyBytes) throw service.errors.bodyTooLarge()
    const sent = await readBody(request.body, service.maxBodyBytes)
    const [, , called = ''] = PATH.exec(request.path) ?? []
    if (!Object.hasOwn(service.operations, called)) {
      reportUnknown(service.service, called, ctx, environment, origin)
      throw service.errors.unknownOperation(called)
    }
    name = called
    const coding = request.headers['content-encoding']
    const input = readCbor(coding === undefined ? sent : await unpack(sent, coding, service.maxBodyBytes), service)
    const refused = origin.credentialProblem ?? origin.verify?.(sent)
    if (refused) throw service.errors.credentials(refused)
    const output = await invoke(service, name, input, ctx, environment, origin.causedBy)
    return respond(ctx, 200, output ?? {})
  } catch (error) {
    return renderError(service, asServiceError(service, error, name, ctx, environment), ctx)
  }
}

function renderError<C extends Context> (service: RpcService<C>, error: AwsError, ctx: C): WireResponse {
  const response = respond(ctx, error.status, service.errors.body(error, ctx.requestId))
  return { ...response, headers: { ...response.headers, ...service.errors.headers?.(error) } }
}

function respond (ctx: Context, status: number, value: object): WireResponse {
  const body = encode(toCbor(value))
  ctx.notes.bytes ??= body.length
  return {
    status,
    headers: { 'smithy-protocol': PROTOCOL, 'content-type': 'application/cbor', 'content-length': String(body.length), 'x-amzn-requestid': ctx.requestId },
    body,
  }
}

/** An operation without input may have no body. */
function readCbor<C extends Context> (body: Uint8Array, service: RpcService<C>): object {
  if (body.length === 0) return {}
  let value: unknown
  try {
    value = decode(body, { tags: { [EPOCH_SECONDS]: (content) => content() }, allowNaN: true, allowInfinity: true, rejectDuplicateMapKeys: true })
  } catch {
    throw service.errors.serialization()
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw service.errors.serialization()
  return value
}

/** An answer as CBOR has it: without members that are undefined, and with tagged times. */
function toCbor (value: unknown): unknown {
  if (value instanceof Timestamp) return new Tagged(EPOCH_SECONDS, value.toJSON())
  if (Array.isArray(value)) return value.map(toCbor)
  if (value instanceof AnswerMap) return toCbor(value.toJSON())
  if (value instanceof Uint8Array) return value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).flatMap(([name, member]) => member === undefined ? [] : [[name, toCbor(member)]]))
}
