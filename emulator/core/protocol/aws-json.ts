import { crc32 } from 'node:zlib'
import type { Context } from '../context.ts'
import { AwsError, ConnectionReset, explained } from '../errors.ts'
import { invoke } from '../pipeline.ts'
import type { OperationSet } from '../operation.ts'
import type { CredentialProblem } from '../credentials.ts'
import type { Environment, Origin } from '../service.ts'
import { BodyCutShort, BodyTooLarge, readBody, type WireRequest, type WireResponse } from '../wire.ts'
import { StorageFull } from '../storage/disk-space.ts'
import { chooseCoding, pack, unpack, UnreadableBody } from './compression.ts'
import { reportUnknown } from './unknown-operation.ts'

/** What the JSON protocol needs to know about a service, beyond its operations. */
export interface AwsJsonService<C extends Context> extends OperationSet<C> {
  readonly targetPrefix: string
  readonly contentType: JsonType
  /** Another accepted content type; the answer then has it too. */
  readonly otherContentTypes: readonly JsonType[]
  /** The limit of a body, also after decompression. */
  readonly maxBodyBytes: number
  /** Accepts compressed bodies, and compresses answers of this size or more for clients that accept it. */
  readonly compressesFrom?: number
  /** The value of the header `Server`. */
  readonly server?: string
  /** The answer to `GET /`. */
  readonly health?: (region: string) => string
  /** DynamoDB's answers have a checksum of their body. */
  readonly checksum: boolean
  readonly errors: AwsJsonErrors
}

type JsonType = 'application/x-amz-json-1.0' | 'application/x-amz-json-1.1' | 'application/json'

/** The service's errors for failures of the protocol itself, and the body of an error. */
export interface AwsJsonErrors {
  unknownOperation (name: string | undefined): AwsError
  serialization (): AwsError
  credentials (problem: CredentialProblem): AwsError
  bodyTooLarge (): AwsError
  internal (): AwsError
  body (error: AwsError, requestId: string): Record<string, unknown>
  /** Headers of an error's answer, in addition to those of every answer. */
  headers? (error: AwsError): Record<string, string>
}

/**
 * Answers one request in AWS JSON. The order is AWS's: read the body, check that it is a call, decompress, parse, name the
 * operation, check credentials, then run the operation.
 */
export async function serveAwsJson<C extends Context> (
  service: AwsJsonService<C>, request: WireRequest, ctx: C, environment: Environment,
  origin: Origin
): Promise<WireResponse> {
  let name: string | undefined
  let type: JsonType | undefined = service.contentType
  try {
    // A declared length is checked before the body arrives.
    if (Number(request.headers['content-length'] ?? 0) > service.maxBodyBytes) throw service.errors.bodyTooLarge()
    // Each `await` of what is there already costs as much as a part of the work: this is the way of every call.
    const body = readBody(request.body, service.maxBodyBytes)
    const sent = body instanceof Promise ? await body : body
    if (request.method === 'GET' && request.path === '/' && service.health) return plain(service, ctx, 200, service.health(ctx.region))
    type = contentTypeOf(request, sent, service)
    if (!type) return plain(service, ctx, 404, '<UnknownOperationException/>\n')
    if (request.path !== '/') throw service.errors.unknownOperation(undefined)
    const packing = service.compressesFrom === undefined ? undefined : request.headers['content-encoding']
    const input = parse(packing === undefined ? sent : await unpack(sent, packing, service.maxBodyBytes), service)
    name = operationName(request.headers['x-amz-target'], service, (called) => reportUnknown(service.service, called, ctx, environment, origin))
    const refused = origin.credentialProblem ?? origin.verify?.(sent)
    if (refused) throw service.errors.credentials(refused)
    if (input === undefined) throw service.errors.serialization()
    const outcome = invoke(service, name, input, ctx, environment, origin.causedBy)
    const output: unknown = outcome instanceof Promise ? await outcome : outcome
    // An operation without any output has an empty body.
    const text = output === undefined ? '' : JSON.stringify(output)
    const length = Buffer.byteLength(text)
    ctx.notes.bytes ??= length
    const accepts = request.headers['accept-encoding']
    const coding = accepts !== undefined && length >= (service.compressesFrom ?? Infinity) ? chooseCoding(accepts) : undefined
    if (!coding) return respond(service, ctx, 200, { type, body: text, length })
    const packed = respond(service, ctx, 200, { type, body: await pack(Buffer.from(text), coding) })
    return { ...packed, headers: { ...packed.headers, 'content-encoding': coding } }
  } catch (error) {
    return renderAwsJsonError(service, asServiceError(service, error, name, ctx, environment), ctx, type)
  }
}

/** The response for a failed call, the same for all ways in. */
export function renderAwsJsonError<C extends Context> (service: AwsJsonService<C>, error: AwsError, ctx: C, type: JsonType = service.contentType): WireResponse {
  const body = JSON.stringify(service.errors.body(error, ctx.requestId))
  const length = Buffer.byteLength(body)
  ctx.notes.bytes ??= length
  const response = respond(service, ctx, error.status, { type, body, length })
  return service.errors.headers ? { ...response, headers: { ...response.headers, ...service.errors.headers(error) } } : response
}

/**
 * The service's own error for anything thrown; anything but an {@link AwsError} is our bug: logged, answered with 500.
 * @throws {@link ConnectionReset} unchanged: it has no answer
 */
export function asServiceError<C extends Context> (
  service: AwsJsonService<C>, error: unknown, operation: string | undefined, ctx: C, environment: Environment
): AwsError {
  if (error instanceof AwsError) return error
  if (error instanceof ConnectionReset) throw error
  if (error instanceof StorageFull) return explained(service.errors.internal(), error)
  if (error instanceof BodyTooLarge) return service.errors.bodyTooLarge()
  if (error instanceof BodyCutShort) return service.errors.serialization()
  // AWS says so, too: https://github.com/scylladb/scylladb/blob/master/test/alternator/test_compressed_request.py
  if (error instanceof UnreadableBody) return service.errors.internal()
  environment.log({ error, service: service.service, operation, requestId: ctx.requestId })
  return service.errors.internal()
}

function respond<C extends Context> (service: AwsJsonService<C>, ctx: C, status: number, { type, body, length = Buffer.byteLength(body) }: { type?: string, body: string | Buffer, length?: number }): WireResponse {
  const headers: Record<string, string> = { 'content-length': String(length), 'x-amzn-requestid': ctx.requestId }
  if (type !== undefined) headers['content-type'] = type
  if (service.server !== undefined) headers['server'] = service.server
  if (service.checksum) headers['x-amz-crc32'] = String(crc32(body))
  return { status, headers, body }
}

/** The answer to a request that is not a call of an operation. */
function plain<C extends Context> (service: AwsJsonService<C>, ctx: C, status: number, text: string): WireResponse {
  return respond(service, ctx, status, { body: text })
}

/** The content type of the answer; `undefined` if the request is not a call in this protocol. */
function contentTypeOf<C extends Context> (request: WireRequest, body: Buffer, service: AwsJsonService<C>): JsonType | undefined {
  if (request.method !== 'POST') return undefined
  const given = request.headers['content-type']
  if (given === service.contentType) return given
  const type = given?.split(';')[0]!.trim()
  return [service.contentType, ...service.otherContentTypes].find((one) => one === type) ?? (body.length === 0 ? 'application/json' : undefined)
}

/** An empty body is no input; anything but a JSON object is refused. */
function parse<C extends Context> (body: Buffer, service: AwsJsonService<C>): object | undefined {
  if (body.length === 0) return undefined
  let value: unknown
  try {
    value = JSON.parse(body.toString())
  } catch {
    throw service.errors.serialization()
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw service.errors.serialization()
  return value
}

function operationName<C extends Context> (target: string | undefined, service: AwsJsonService<C>, report: (name: string) => void): string {
  const [prefix, name, more] = (target ?? '').split('.', 3)
  if (prefix !== service.targetPrefix || more !== undefined || !name || !Object.hasOwn(service.operations, name)) {
    report(name ?? '')
    throw service.errors.unknownOperation(name)
  }
  return name
}
