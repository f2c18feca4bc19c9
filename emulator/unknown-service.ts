import { toXml } from './core/protocol/xml.ts'
import type { WireRequest, WireResponse } from './core/wire.ts'

const CODE = 'UnknownOperationException'

/** Refuses a call of a service that is not there, in the protocol that it came in: XML for who sent a form, as STS's clients do. */
export function refuseService (service: string, { headers }: WireRequest, requestId: string): WireResponse {
  const message = `Sandtable does not emulate the service '${service}'`
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  const body = Buffer.from(isForm
    ? toXml('ErrorResponse', { Error: { Type: 'Sender', Code: CODE, Message: message }, RequestId: requestId })
    : JSON.stringify({ __type: CODE, message }))
  return {
    status: 400,
    headers: {
      'content-type': isForm ? 'text/xml' : 'application/x-amz-json-1.0',
      'content-length': String(body.length),
      'x-amzn-requestid': requestId,
    },
    body,
  }
}

/** Refuses a request of a browser, or for a host that is not known, in the protocol that it came in. */
export function refuseAccess (message: string, { headers }: WireRequest, isControl: boolean): WireResponse {
  const isJson = isControl || headers['x-amz-target'] !== undefined
  const body = Buffer.from(isControl
    ? JSON.stringify({ message })
    : isJson ? JSON.stringify({ __type: 'AccessDeniedException', message }) : toXml('Error', { Code: 'AccessDenied', Message: message }))
  return {
    status: 403,
    headers: { 'content-type': isControl ? 'application/json' : isJson ? 'application/x-amz-json-1.0' : 'application/xml', 'content-length': String(body.length) },
    body,
  }
}
