import type { Readable } from 'node:stream'

/** An HTTP request as the services see it, whether it came by socket or from an SDK in this process. */
export interface WireRequest {
  method: string
  /** Percent-encoded, as sent, beginning with a slash. */
  path: string
  query: URLSearchParams
  /** Names in lower case. */
  headers: Record<string, string | undefined>
  body: AsyncIterable<Uint8Array>
}

export interface WireResponse {
  status: number
  headers: Record<string, string>
  body?: string | Uint8Array | Readable
}

/** Says that a body went over its bound; the caller turns it into the service's own error. */
export class BodyTooLarge extends Error {}

/** Says that a body ended before its end: the client is gone. */
export class BodyCutShort extends Error {}

/**
 * Reads a whole body.
 * @throws {@link BodyTooLarge} as soon as more than `limit` bytes have come, {@link BodyCutShort}
 */
export async function readBody (body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.length
      if (size > limit) throw new BodyTooLarge(`The body is larger than ${limit} bytes`)
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof BodyTooLarge ? error : new BodyCutShort('The body could not be read to its end', { cause: error })
  }
  return chunks.length === 1 ? Buffer.from(chunks[0]!) : Buffer.concat(chunks)
}
