import type { BrowserGuard } from '../../http/browser-guard.ts'
import type { WireRequest, WireResponse } from './wire.ts'

/**
 * CORS for the JSON services. AWS lets any site call them, since each call has a signature. Signatures are not checked
 * here, so only sites of this machine, and those of the allowed hosts, may read the answers.
 * Sources: the engine's own server, and https://github.com/scylladb/scylladb/blob/master/test/alternator/test_cors.py
 */
export class OpenCors {
  readonly #guard: BrowserGuard

  /** @param guard  decides whose pages may call */
  constructor (guard: BrowserGuard) {
    this.#guard = guard
  }

  /** Whether this is a browser's preflight request: unsigned, and it announces a target header. */
  asks ({ method, headers }: WireRequest): boolean {
    return method === 'OPTIONS' && headers['origin'] !== undefined &&
      /(^|[\s,])x-amz-target($|[\s,])/i.test(headers['access-control-request-headers'] ?? '')
  }

  /** The answer to {@link asks}: allows whatever is requested, for two days. */
  leave ({ headers }: WireRequest): WireResponse {
    const answer: WireResponse = {
      status: 200,
      headers: {
        'content-length': '0',
        'access-control-max-age': '172800',
        'access-control-allow-headers': headers['access-control-request-headers'] ?? '',
        'access-control-allow-methods': headers['access-control-request-method'] ?? 'POST',
      },
    }
    return this.open(answer, headers['origin']!)
  }

  /** Lets the calling site read the answer. */
  open (answer: WireResponse, origin: string): WireResponse {
    if (!this.#guard.allowsOrigin(origin)) return answer
    return {
      ...answer,
      headers: {
        ...answer.headers,
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date',
      },
    }
  }
}
