import type { Context } from '../context.ts'
import type { CredentialProblem } from '../credentials.ts'
import { AwsError, ConnectionReset, explained } from '../errors.ts'
import type { OperationSet } from '../operation.ts'
import { invoke } from '../pipeline.ts'
import type { Environment, Origin } from '../service.ts'
import { StorageFull } from '../storage/disk-space.ts'
import { BodyCutShort, BodyTooLarge, readBody, type WireRequest, type WireResponse } from '../wire.ts'
import { unpack, UnreadableBody } from './compression.ts'
import { readQueryInput } from './query-input.ts'
import { WrongType, type StructureShape } from './shape.ts'
import { Timestamp } from './timestamp.ts'
import { reportUnknown } from './unknown-operation.ts'
import { toXml, type XmlContent } from './xml.ts'

/** What the AWS Query protocol needs to know about a service, beyond its operations. */
export interface AwsQueryService<C extends Context> extends OperationSet<C, StructureShape> {
  /** The namespace of its answers. */
  readonly namespace: string
  /** The limit of a body, also after decompression. */
  readonly maxBodyBytes: number
  /** Operations that may be called without credentials. */
  readonly unsigned?: ReadonlySet<string>
  readonly errors: AwsQueryErrors
}

/** The service's errors for failures of the protocol itself. */
export interface AwsQueryErrors {
  /** @param name  the value of the parameter `Action`, if any */
  unknownOperation (name: string | undefined): AwsError
  /** A value that cannot be parsed as its type. */
  malformed (message: string): AwsError
  credentials (problem: CredentialProblem): AwsError
  bodyTooLarge (): AwsError
  internal (): AwsError
  /** The value of `<Code>`, if it differs from the error's code. */
  codeOf? (error: AwsError): string
}

/** Whether a request is a call in AWS Query: a form, or its parameters in the URL. */
export function isQueryCall ({ headers, query }: WireRequest): boolean {
  return headers['content-type']?.split(';')[0]!.trim() === 'application/x-www-form-urlencoded' || query.has('Action')
}

/**
 * Answers one request in AWS Query: parameters in, XML out. Lists in an answer are arrays, maps are `Map`s, times are
 * {@link Timestamp}s; an operation that answers nothing has no result element.
 */
export async function serveAwsQuery<C extends Context> (
  service: AwsQueryService<C>, request: WireRequest, ctx: C, environment: Environment, origin: Origin
): Promise<WireResponse> {
  let name: string | undefined
  try {
    const { parameters, sent } = await parametersOf(request, service.maxBodyBytes)
    const action = parameters.get('Action') ?? undefined
    if (action === undefined || !Object.hasOwn(service.operations, action)) {
      reportUnknown(service.service, action ?? '', ctx, environment, origin)
      throw service.errors.unknownOperation(action)
    }
    name = action
    const refused = service.unsigned?.has(name) ? undefined : origin.credentialProblem ?? origin.verify?.(sent)
    if (refused) throw service.errors.credentials(refused)
    const input = readQueryInput(service.operations[name]!.types, parameters) // it was found there
    const output = await invoke(service, name, input, ctx, environment, origin.causedBy)
    return respond(ctx, 200, toXml(`${name}Response`, {
      ...(output !== undefined && { [`${name}Result`]: toContent(output) }),
      ResponseMetadata: { RequestId: ctx.requestId },
    }, service.namespace))
  } catch (error) {
    return renderAwsQueryError(service, asQueryError(service, error, name, ctx, environment), ctx)
  }
}

/** The response for a failed call. */
export function renderAwsQueryError<C extends Context> (service: Pick<AwsQueryService<C>, 'namespace' | 'errors'>, error: AwsError, ctx: C): WireResponse {
  return respond(ctx, error.status, toXml('ErrorResponse', {
    Error: {
      Type: error.status >= 500 ? 'Receiver' : 'Sender',
      Code: service.errors.codeOf?.(error) ?? error.code,
      Message: error.message,
    },
    RequestId: ctx.requestId,
  }, service.namespace))
}

function respond (ctx: Context, status: number, xml: string): WireResponse {
  const body = Buffer.from(xml)
  ctx.notes.bytes ??= body.length
  return {
    status,
    headers: { 'content-type': 'text/xml', 'content-length': String(body.length), 'x-amzn-requestid': ctx.requestId },
    body,
  }
}

async function parametersOf (request: WireRequest, limit: number): Promise<{ parameters: URLSearchParams, sent: Buffer }> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new BodyTooLarge()
  const sent = await readBody(request.body, limit)
  const coding = request.headers['content-encoding']
  const body = coding === undefined ? sent : await unpack(sent, coding, limit)
  return { parameters: new URLSearchParams([...request.query, ...new URLSearchParams(body.toString())]), sent }
}

/** The service's own error for anything thrown; anything but an {@link AwsError} is our bug: logged, answered with 500. */
function asQueryError<C extends Context> (service: AwsQueryService<C>, error: unknown, operation: string | undefined, ctx: C, environment: Environment): AwsError {
  const { errors } = service
  if (error instanceof AwsError) return error
  if (error instanceof ConnectionReset) throw error
  if (error instanceof WrongType) return errors.malformed(error.message)
  if (error instanceof StorageFull) return explained(errors.internal(), error)
  if (error instanceof BodyTooLarge) return errors.bodyTooLarge()
  if (error instanceof BodyCutShort || error instanceof UnreadableBody) return errors.malformed('The body cannot be read')
  environment.log({ error, service: service.service, operation, requestId: ctx.requestId })
  return errors.internal()
}

/** An answer as elements. */
function toContent (value: unknown): XmlContent {
  if (value === undefined || value === null) return undefined
  if (value instanceof Timestamp) return value.toString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return { member: value.map(toContent) }
  if (value instanceof Map) return { entry: [...value].map(([key, one]) => ({ key: String(key), value: toContent(one) })) }
  if (typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toContent(member)]))
  return value as string | number | boolean // answers hold nothing else
}
