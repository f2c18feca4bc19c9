import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { Emulator } from '../../index.ts'

export interface RawRequest {
  method?: string
  /** Sent as it is. */
  path: string
  /** `undefined` takes a default away. */
  headers?: Record<string, string | undefined>
  body?: string | Buffer
  accessKeyId?: string
  region?: string
}

export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: string
  /** The text of the first element of that name. */
  element (name: string): string | undefined
}

/** What an SDK would never send: a request over a socket, signed as far as the emulator looks. */
export async function raw (emulator: Emulator, { method = 'GET', path, headers = {}, body, accessKeyId = 'sandtable', region = 'us-east-1' }: RawRequest): Promise<RawAnswer> {
  const all = {
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260301/${region}/s3/aws4_request, SignedHeaders=host, Signature=0`,
    'x-amz-date': '20260301T120000Z',
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...headers,
  }
  const { hostname, port } = new URL(emulator.url!)
  const sent = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, method, path, headers: sent, agent: false }, (response) => {
      response.toArray().then((chunks) => {
        const text = Buffer.concat(chunks as Buffer[]).toString() // a socket gives bytes
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: text,
          element: (name) => new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(text)?.[1],
        })
      }, reject)
    })
    call.on('error', reject)
    // As bytes: Node writes headers in the encoding of a body that is text.
    call.end(body === undefined ? undefined : Buffer.from(body))
  })
}

/** S3's chunked framing of a body, without signatures; `trailers` are written as they are. */
export const chunked = (pieces: readonly string[], trailers = '\r\n'): string =>
  [...pieces.map((piece) => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`), '0\r\n', trailers].join('')
