import { bodyEndedEarly, chunkTooSmall, malformedTrailer } from '../errors.ts'

/**
 * S3's own framing of an upload, announced by `x-amz-content-sha256: STREAMING-...`: chunks with their size in hex, a
 * signature on each if they are signed (not verified here), an empty chunk, and trailers.
 * Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and, for AWS's answers to broken
 * framing, OpenStack Swift's test/s3api/test_input_errors.py, which is run against AWS.
 */
export interface AwsChunked {
  /** Every chunk has a signature. */
  signed: boolean
  /** The trailers end with a signature. */
  signedTrailer: boolean
  /** Names in lower case that the trailer must have, and no others. */
  trailers: readonly string[]
  /** Minimum bytes of every chunk but the last. */
  minChunkBytes: number
}

const CHUNK = /^([0-9a-f]{1,16})\s*(?:;\s*chunk-signature\s*=\s*([^\s;]+)\s*)?$/i
const TRAILER = /^([^\s:]+)\s*:\s*(.*?)\s*$/
const TRAILER_SIGNATURE = 'x-amz-trailer-signature'

/** No valid chunk header or trailer is longer. */
const LONGEST_LINE = 4096
const MOST_TRAILERS = 16

/**
 * Removes the framing.
 * @returns the trailers, when the generator is done
 * @throws IncompleteBody, InvalidChunkSizeError, MalformedTrailerError
 */
export async function * decodeAwsChunked (body: AsyncIterable<Uint8Array>, framing: AwsChunked): AsyncGenerator<Uint8Array, Map<string, string>> {
  const reader = new ByteReader(body)
  let number = 0
  let last = Infinity
  for (;;) {
    const header = CHUNK.exec(await reader.line() ?? '')
    if (!header || (framing.signed && !header[2])) throw bodyEndedEarly()
    const size = parseInt(header[1]!, 16)
    if (size === 0) break
    number++
    if (last < framing.minChunkBytes) throw chunkTooSmall(number, last, framing.minChunkBytes)
    last = size
    yield * reader.take(size)
    if (await reader.line() !== '') throw bodyEndedEarly()
  }
  return readTrailers(reader, framing)
}

async function readTrailers (reader: ByteReader, framing: AwsChunked): Promise<Map<string, string>> {
  const trailers = new Map<string, string>()
  // Ends at a blank line or at the end of the body: AWS accepts both, and reads nothing after the blank line.
  for (let line = await reader.line(); line; line = await reader.line()) {
    const [, name, value] = TRAILER.exec(line) ?? []
    if (name === undefined || value === undefined || trailers.size === MOST_TRAILERS) throw malformedTrailer()
    trailers.set(name.toLowerCase(), value)
  }
  if (framing.signedTrailer && !trailers.delete(TRAILER_SIGNATURE)) throw bodyEndedEarly()
  if (trailers.size !== framing.trailers.length || framing.trailers.some((name) => !trailers.has(name))) throw malformedTrailer()
  return trailers
}

/** Reads lines and counted bytes from chunks of any size. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>
  #buffer: Buffer = Buffer.alloc(0)

  constructor (source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** The next line without its CRLF; `undefined` at the end of the body. An incomplete line is a body that ended early. */
  async line (): Promise<string | undefined> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n')
      if (end > LONGEST_LINE || (end < 0 && this.#buffer.length > LONGEST_LINE)) throw bodyEndedEarly()
      if (end >= 0) {
        const line = this.#buffer.toString('latin1', 0, end)
        this.#buffer = this.#buffer.subarray(end + 2)
        return line
      }
      const more = await this.#next()
      if (more) this.#buffer = Buffer.concat([this.#buffer, more])
      else if (this.#buffer.length > 0) throw bodyEndedEarly()
      else return undefined
    }
  }

  /** The next `size` bytes, in pieces. */
  async * take (size: number): AsyncGenerator<Uint8Array> {
    for (let left = size; left > 0;) {
      if (this.#buffer.length === 0) this.#buffer = await this.#next() ?? Buffer.alloc(0)
      if (this.#buffer.length === 0) throw bodyEndedEarly()
      const piece = this.#buffer.subarray(0, left)
      this.#buffer = this.#buffer.subarray(piece.length)
      left -= piece.length
      yield piece
    }
  }

  /** The next bytes that arrive, never empty; `undefined` at the end. */
  async #next (): Promise<Buffer | undefined> {
    for (;;) {
      const next = await this.#source.next()
      if (next.done) return undefined
      const { buffer, byteOffset, byteLength } = next.value
      if (byteLength > 0) return Buffer.from(buffer, byteOffset, byteLength)
    }
  }
}
