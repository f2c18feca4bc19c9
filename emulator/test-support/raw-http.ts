import { once } from 'node:events'
import { request, type Agent, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Emulator } from '../index.ts'

/** The header that says who calls which service, as the gateway reads it. */
export const authorization = (service: string, { accessKeyId = 'AKID', region = 'us-east-1' } = {}): string =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260301/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`

export interface RawRequest {
  method?: string
  path?: string
  headers?: Record<string, string | string[]>
  body?: string | Uint8Array
}

/** An answer as received, without decompression. */
export interface RawAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

/**
 * Sends a request as no SDK would make it; Node's client takes care of the framing alone.
 * @param agent  keeps connections, for many requests
 */
export async function send (emulator: Emulator, { method = 'POST', path = '/', headers = {}, body }: RawRequest, agent?: Agent): Promise<RawAnswer> {
  const { hostname, port } = new URL(emulator.url!)
  // As bytes: Node writes headers in the encoding of a text body. Node also omits the length of a body for methods like DELETE.
  const bytes = body === undefined ? undefined : Buffer.from(body)
  const length = bytes === undefined ? {} : { 'content-length': String(bytes.length) }
  const outgoing = request({ hostname, port, method, path, headers: { ...length, ...headers }, agent: agent ?? false })
  outgoing.end(bytes)
  const [incoming] = await once(outgoing, 'response') as [IncomingMessage]
  const chunks: Uint8Array[] = []
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array)
  return { status: incoming.statusCode!, headers: incoming.headers, body: Buffer.concat(chunks) }
}

/**
 * Writes bytes to the emulator's port, whatever they are, and reads until it hangs up.
 * @returns what came back; empty when it hung up without a word
 */
export async function sendBytes (emulator: Emulator, bytes: string | Uint8Array): Promise<Buffer> {
  const socket = connect(Number(new URL(emulator.url!).port), '127.0.0.1')
  const chunks: Uint8Array[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => {}) // reset while we write: what came before counts
  socket.end(bytes)
  await once(socket, 'close')
  return Buffer.concat(chunks)
}
