import { crc32 } from 'node:zlib'
import type { Context } from '../context.ts'
import { AwsError } from '../errors.ts'
import { invoke, type OperationSet } from '../pipeline.ts'
import type { CredentialProblem } from '../credentials.ts'
import type { Environment, Origin } from '../service.ts'
import { BodyTooLarge, readBody, type WireRequest, type WireResponse } from '../wire.ts'

/** What the JSON protocol has to know of a service, beyond its operations. */
export interface AwsJsonService<C extends Context> extends OperationSet<C> {
  readonly targetPrefix: string
  readonly contentType: 'application/x-amz-json-1.0' | 'application/x-amz-json-1.1'
  readonly maxBodyBytes: number
  /** DynamoDB's answers carry the checksum of their body. */
  readonly checksum: boolean
  readonly errors: AwsJsonErrors
}

/** How the service words what the protocol itself can refuse, and how an error looks in its answers. */
export interface AwsJsonErrors {
  unknownOperation (name: string | undefined): AwsError
  serialization (): AwsError
  credentials (problem: CredentialProblem): AwsError
  bodyTooLarge (): AwsError
  internal (): AwsError
  body (error: AwsError, requestId: string): Record<string, unknown>
}

/** Answers one request in AWS JSON. The order is AWS's: read, parse, name the operation, credentials, then the operation. */
export async function serveAwsJson<C extends Context> (
  service: AwsJsonService<C>, request: WireRequest, ctx: C, environment: Environment,
  origin: Origin
): Promise<WireResponse> {
  let name: string | undefined
  try {
    const body = await readBody(request.body, service.maxBodyBytes)
    const input = parse(body, service)
    name = operationName(request.headers['x-amz-target'], service)
    if (origin.credentialProblem) throw service.errors.credentials(origin.credentialProblem)
    if (input === undefined) throw service.errors.serialization()
    const output = await invoke(service, name, input, ctx, environment.trace, origin.causedBy)
    return answer(service, ctx, 200, output ?? {})
  } catch (error) {
    return renderAwsJsonError(service, asServiceError(service, error, name, ctx, environment), ctx)
  }
}

/** How a failed call looks on the wire, whichever way it came in. */
export function renderAwsJsonError<C extends Context> (service: AwsJsonService<C>, error: AwsError, ctx: C): WireResponse {
  return answer(service, ctx, error.status, service.errors.body(error, ctx.requestId))
}

/** The service's own error for anything thrown; what is not an {@link AwsError} is our bug: logged, answered with 500. */
export function asServiceError<C extends Context> (
  service: AwsJsonService<C>, error: unknown, operation: string | undefined, ctx: C, environment: Environment
): AwsError {
  if (error instanceof AwsError) return error
  if (error instanceof BodyTooLarge) return service.errors.bodyTooLarge()
  environment.log({ error, service: service.service, operation, requestId: ctx.requestId })
  return service.errors.internal()
}

function answer<C extends Context> (service: AwsJsonService<C>, ctx: C, status: number, value: unknown): WireResponse {
  const body = Buffer.from(JSON.stringify(value))
  ctx.notes.bytes ??= body.length
  const headers: Record<string, string> = {
    'content-type': service.contentType,
    'content-length': String(body.length),
    'x-amzn-requestid': ctx.requestId,
  }
  if (service.checksum) headers['x-amz-crc32'] = String(crc32(body))
  return { status, headers, body }
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

function operationName<C extends Context> (target: string | undefined, service: AwsJsonService<C>): string {
  const [prefix, name, ...rest] = (target ?? '').split('.')
  if (prefix !== service.targetPrefix || rest.length > 0 || !name || !Object.hasOwn(service.operations, name)) {
    throw service.errors.unknownOperation(name)
  }
  return name
}
