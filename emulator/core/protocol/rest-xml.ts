import type { Context } from '../context.ts'
import { AwsError, ConnectionReset, explained } from '../errors.ts'
import { invoke } from '../pipeline.ts'
import type { OperationSet } from '../operation.ts'
import type { Environment, Origin } from '../service.ts'
import { StorageFull } from '../storage/disk-space.ts'
import type { WireRequest, WireResponse } from '../wire.ts'

/** An operation's answer, with status and headers. */
export interface RestXmlAnswer {
  /** Default 200. */
  status?: number
  /** Names in lower case; `undefined` leaves one out. */
  headers?: Readonly<Record<string, string | undefined>>
  /** A document made by `toXml`. */
  xml?: string
  /** An object's bytes. */
  body?: WireResponse['body']
}

/** A call as the request names it. */
export interface RoutedCall<C extends Context> {
  operation: string
  input: unknown
  ctx: C
}

/** What the REST-XML protocol needs to know about a service, beyond its operations. */
export interface RestXmlService<C extends Context, T> extends OperationSet<C, T> {
  /** Names the operation, and determines the caller. Throws the service's own errors. */
  route (request: WireRequest, ctx: Context, origin: Origin): Promise<RoutedCall<C>>
  /** The request id as this service shows it. */
  requestId (ctx: Context): string
  /** The headers of every answer. */
  headers (requestId: string): Record<string, string>
  readonly errors: RestXmlErrors
}

/** The service's error for our own failures, and the body of an error. */
export interface RestXmlErrors {
  internal (): AwsError
  answer (error: AwsError, requestId: string): RestXmlAnswer
}

/** Answers one request in REST-XML: name the operation, credentials, then the operation. */
export async function serveRestXml<C extends Context, T> (
  service: RestXmlService<C, T>, request: WireRequest, context: Context, environment: Environment, origin: Origin
): Promise<WireResponse> {
  const ctx = { ...context, requestId: service.requestId(context) }
  let operation: string | undefined
  try {
    const call = await service.route(request, ctx, origin)
    operation = call.operation
    // Every operation of such a service returns a RestXmlAnswer: its table has that type.
    const answer = await invoke(service, operation, call.input, call.ctx, environment, origin.causedBy) as RestXmlAnswer
    return render(answer, request.method, service.headers(ctx.requestId))
  } catch (error) {
    if (error instanceof ConnectionReset) throw error
    const known = asKnown(error, service)
    if (known !== error && !(error instanceof StorageFull)) environment.log({ error, service: service.service, operation, requestId: ctx.requestId })
    return render(service.errors.answer(known, ctx.requestId), request.method, service.headers(ctx.requestId))
  }
}

/** The service's own error for anything thrown. */
function asKnown<C extends Context, T> (error: unknown, { errors }: RestXmlService<C, T>): AwsError {
  if (error instanceof AwsError) return error
  return error instanceof StorageFull ? explained(errors.internal(), error) : errors.internal()
}

function render (answer: RestXmlAnswer, method: string, common: Record<string, string>): WireResponse {
  const headers = { ...common }
  const body = answer.xml === undefined ? answer.body : Buffer.from(answer.xml)
  if (answer.xml !== undefined) headers['content-type'] = 'application/xml'
  for (const [name, value] of Object.entries(answer.headers ?? {})) if (value !== undefined) headers[name] = value
  // An answer to HEAD has a Content-Length only if the operation set it: the length of an object.
  if (method === 'HEAD') return { status: answer.status ?? 200, headers }
  if (body instanceof Uint8Array) headers['content-length'] = String(body.length)
  if (body === undefined && answer.status !== 204 && answer.status !== 304) headers['content-length'] = '0'
  return { status: answer.status ?? 200, headers, body }
}
