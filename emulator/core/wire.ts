import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'

/** An HTTP request as the services see it, from a socket or from an SDK in this process. */
export interface WireRequest {
  method: string
  /** Percent-encoded, as sent, beginning with a slash. */
  path: string
  query: URLSearchParams
  /** Names in lower case. */
  headers: Record<string, string | undefined>
  body: AsyncIterable<Uint8Array>
  /** What it came over, if it came over a socket. */
  socket?: { readonly remoteAddress?: string }
}

export interface WireResponse {
  status: number
  headers: Record<string, string>
  body?: string | Uint8Array | Readable
}

/** A body exceeded its limit; the caller turns this into the service's own error. */
export class BodyTooLarge extends Error {}

/** A body ended early: the client has disconnected. */
export class BodyCutShort extends Error {}

/**
 * Reads a whole body.
 * @throws {@link BodyTooLarge} as soon as more than `limit` bytes have come, {@link BodyCutShort}
 */
export function readBody (body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> | Buffer {
  if (body instanceof WholeBody) return body.upTo(limit)
  return body instanceof SocketBody ? body.readWhole(limit) : collect(body, limit)
}

/** A body that has come whole. */
export class WholeBody implements AsyncIterable<Uint8Array> {
  readonly #bytes: Buffer

  constructor (bytes: Buffer) {
    this.#bytes = bytes
  }

  async * [Symbol.asyncIterator] (): AsyncGenerator<Uint8Array> {
    if (this.#bytes.length > 0) yield this.#bytes
  }

  /** @throws {@link BodyTooLarge} */
  upTo (limit: number): Buffer {
    if (this.#bytes.length > limit) throw tooLarge(limit)
    return this.#bytes
  }
}

async function collect (body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.length
      if (size > limit) throw tooLarge(limit)
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof BodyTooLarge ? error : cutShort(error)
  }
  return chunks.length === 1 ? Buffer.from(chunks[0]!) : Buffer.concat(chunks)
}

/** The body of a request from a socket. */
export class SocketBody implements AsyncIterable<Uint8Array> {
  readonly #request: IncomingMessage

  constructor (request: IncomingMessage) {
    this.#request = request
  }

  [Symbol.asyncIterator] (): AsyncIterator<Uint8Array> {
    // An answer may be sent before the whole body is read: the rest is read then, so the stream must not be destroyed.
    return this.#request.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array> // without an encoding it yields bytes
  }

  /** Reads it by events: an iterator takes several promises for each chunk. Otherwise like {@link readBody}. */
  readWhole (limit: number): Promise<Buffer> {
    const request = this.#request
    return new Promise((resolve, reject) => {
      if (request.readableEnded) return resolve(Buffer.alloc(0))
      if (request.destroyed) return reject(cutShort())
      let chunks: Buffer[] | undefined
      let first: Buffer | undefined
      let size = 0
      const add = (chunk: Buffer) => {
        size += chunk.length
        if (size > limit) {
          request.off('data', add)
          request.pause()
          return reject(tooLarge(limit))
        }
        if (first === undefined) first = chunk
        else (chunks ??= [first]).push(chunk)
      }
      request.on('data', add)
      request.on('end', () => resolve(chunks ? Buffer.concat(chunks) : first ?? Buffer.alloc(0)))
      request.on('close', () => { if (!request.readableEnded) reject(cutShort()) })
    })
  }
}

const tooLarge = (limit: number) => new BodyTooLarge(`The body is larger than ${limit} bytes`)

const cutShort = (cause?: unknown) => new BodyCutShort('The body ended early', { cause })
