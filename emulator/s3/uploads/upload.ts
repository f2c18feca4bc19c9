import { createHash, type Hash } from 'node:crypto'
import { isStreaming } from '../requests/authentication.ts'
import { decodeAwsChunked, type AwsChunked } from '../requests/aws-chunked.ts'
import {
  CHECKSUMS, checksumAlgorithm, checksumHeader, decodeBase64, DEFAULT_CHECKSUM, digestInBase64,
  type Checksum, type ChecksumAlgorithm, type Hasher,
} from '../objects/checksums.ts'
import {
  badChecksum, badMd5, bodyEndedEarly, contentSha256Mismatch, entityTooLarge, headerNotImplemented, invalidDigest,
  invalidRequest, malformedTrailer, missingContentLength, S3Error, wrongLength,
} from '../errors.ts'
import type { Limits } from '../limits.ts'
import type { S3Request } from '../requests/request.ts'

/** The results of reading a body. */
export interface UploadDigest {
  /** MD5 in hex: the ETag of an object uploaded in one piece. */
  md5: string
  size: number
  checksum: Checksum
}

/** The headers that describe a body. */
interface Declared {
  /** Bytes, without any framing. */
  size: number
  framing?: AwsChunked
  md5?: Buffer
  /** SHA-256 as declared in the header; `undefined` if it is not declared. */
  contentSha256?: string
  /** `undefined` when the client sends no checksum. */
  algorithm: ChecksumAlgorithm | undefined
  /** The checksum, unless it is in a trailer or missing. */
  checksum?: string
}

/**
 * The body of an upload, checked while it is streamed against its headers and trailers: if it is read
 * to its end without an error, it is what the client meant to send.
 */
export class Upload {
  readonly #body: AsyncIterable<Uint8Array>
  readonly #declared: Declared
  #digest: UploadDigest | undefined

  private constructor (body: AsyncIterable<Uint8Array>, declared: Declared) {
    this.#body = body
    this.#declared = declared
  }

  /** @throws S3's errors for headers that contradict each other */
  static from (request: S3Request, limits: Limits): Upload {
    return new Upload(request.body, readDeclared(request, limits))
  }

  get size (): number {
    return this.#declared.size
  }

  get hasMd5 (): boolean {
    return this.#declared.md5 !== undefined
  }

  /** The algorithm of the client's checksum; `undefined` if it sends none. */
  get algorithm (): ChecksumAlgorithm | undefined {
    return this.#declared.algorithm
  }

  /** The results; only after {@link bytes} has been read to its end. */
  get digest (): UploadDigest {
    if (!this.#digest) throw new TypeError('The upload has not been read')
    return this.#digest
  }

  /** @throws IncompleteBody, XAmzContentSHA256Mismatch, BadDigest and the errors of broken framing */
  async * bytes (): AsyncGenerator<Uint8Array> {
    const { size, framing, algorithm = DEFAULT_CHECKSUM } = this.#declared
    const md5 = createHash('md5')
    const sha256 = this.#declared.contentSha256 === undefined ? undefined : createHash('sha256')
    const checksum: Hasher = CHECKSUMS[algorithm].create()
    let received = 0
    const source = framing ? decodeAwsChunked(whole(this.#body), framing) : withoutTrailers(whole(this.#body))
    let next = await source.next()
    for (; !next.done; next = await source.next()) {
      const piece = next.value
      received += piece.length
      if (received > size) continue // counted for the error, never stored
      md5.update(piece)
      sha256?.update(piece)
      checksum.update(piece)
      yield piece
    }
    if (received !== size) throw wrongLength(size, received)
    this.#digest = await this.#verify({ size, md5, sha256, checksum, trailers: next.value })
  }

  async #verify (found: { size: number, md5: Hash, sha256?: Hash, checksum: Hasher, trailers: Map<string, string> }): Promise<UploadDigest> {
    const { contentSha256, algorithm = DEFAULT_CHECKSUM } = this.#declared
    const sha256 = found.sha256?.digest('hex')
    if (contentSha256 !== undefined && sha256 !== undefined && sha256 !== contentSha256.toLowerCase()) {
      throw contentSha256Mismatch(contentSha256, sha256)
    }
    const md5 = found.md5.digest()
    if (this.#declared.md5 && !md5.equals(this.#declared.md5)) throw badMd5(this.#declared.md5.toString('hex'), md5.toString('base64'))
    const value = await digestInBase64(found.checksum)
    const trailer = found.trailers.get(checksumHeader(algorithm))
    if (trailer !== undefined && !decodeBase64(trailer, CHECKSUMS[algorithm].bytes)) {
      throw invalidRequest(`Value for ${checksumHeader(algorithm)} trailing header is invalid.`)
    }
    const expected = this.#declared.checksum ?? trailer
    if (expected !== undefined && expected !== value) throw badChecksum(algorithm)
    return { size: found.size, md5: md5.toString('hex'), checksum: { algorithm, value } }
  }
}

async function * withoutTrailers (body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, Map<string, string>> {
  yield * body
  return new Map()
}

/** The body; if the client disconnects in the middle, it is incomplete. */
async function * whole (body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield * body
  } catch (error) {
    throw error instanceof S3Error ? error : bodyEndedEarly()
  }
}

function readDeclared (request: S3Request, limits: Limits): Declared {
  const { headers, signer } = request
  const contentSha256 = headers['x-amz-content-sha256']
  const streaming = isStreaming(contentSha256)
  const size = readSize(headers, streaming)
  if (size > limits.objectBytes) throw entityTooLarge(size, limits.objectBytes)
  const md5 = headers['content-md5'] === undefined ? undefined : decodeBase64(headers['content-md5'], 16)
  if (headers['content-md5'] !== undefined && !md5) throw invalidDigest(headers['content-md5'])
  const { algorithm, checksum, trailers } = readChecksum(headers)
  // A request that is presigned or signed with version 2 is never chunked: AWS then treats the header as a wrong SHA-256.
  const chunked = streaming && signer.version === 4 && !signer.inQuery
  const declaresSha256 = contentSha256 !== undefined && contentSha256 !== 'UNSIGNED-PAYLOAD' && !chunked
  if (trailers.length > 0 && !(chunked && contentSha256.endsWith('-TRAILER'))) throw malformedTrailer()
  return {
    size,
    md5,
    algorithm,
    checksum,
    contentSha256: declaresSha256 ? contentSha256 : undefined,
    framing: chunked
      ? {
          signed: contentSha256.startsWith('STREAMING-AWS4-'),
          signedTrailer: contentSha256.startsWith('STREAMING-AWS4-') && contentSha256.endsWith('-TRAILER'),
          trailers,
          minChunkBytes: limits.chunkBytes,
        }
      : undefined,
  }
}

function readSize (headers: S3Request['headers'], streaming: boolean): number {
  const length = headers[streaming ? 'x-amz-decoded-content-length' : 'content-length']
  if (length === undefined && !streaming && headers['transfer-encoding'] !== undefined) throw headerNotImplemented('Transfer-Encoding')
  if (length === undefined || !/^\d{1,15}$/.test(length)) throw missingContentLength()
  return Number(length)
}

const CHECKSUM_HEADER = /^x-amz-checksum-(?!type$|algorithm$|mode$)(.+)$/

/** Which checksum the client sends, and where; at most one. */
function readChecksum (headers: S3Request['headers']): { algorithm?: ChecksumAlgorithm, checksum?: string, trailers: string[] } {
  const given = Object.keys(headers).filter((name) => headers[name] !== undefined).flatMap((name) => CHECKSUM_HEADER.exec(name)?.[1] ?? [])
  // Commas at the end are ignored; anywhere else they are an empty name.
  const trailers = headers['x-amz-trailer']?.replace(/,+$/, '').split(',').map((name) => name.trim()) ?? []
  const trailing = trailers.map((name) => {
    const algorithm = checksumAlgorithm(CHECKSUM_HEADER.exec(name.toLowerCase())?.[1] ?? '')
    if (!algorithm) throw invalidRequest('The value specified in the x-amz-trailer header is not supported')
    return algorithm
  })
  if (given.length > 1 || trailing.length > 1) {
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.')
  }
  if (given.length > 0 && trailing.length > 0) throw invalidRequest('Expecting a single x-amz-checksum- header')
  const inHeader = given[0] === undefined ? undefined : checksumAlgorithm(given[0])
  if (given.length > 0 && !inHeader) throw invalidRequest('The algorithm type you specified in x-amz-checksum- header is invalid.')
  const announced = headers['x-amz-sdk-checksum-algorithm']
  const algorithm = inHeader ?? trailing[0]
  if (announced !== undefined && !algorithm) {
    throw invalidRequest('x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.')
  }
  if (announced !== undefined && checksumAlgorithm(announced) !== algorithm) {
    throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.')
  }
  const checksum = inHeader && headers[checksumHeader(inHeader)]
  if (inHeader && !decodeBase64(checksum!, CHECKSUMS[inHeader].bytes)) {
    throw invalidRequest(`Value for ${checksumHeader(inHeader)} header is invalid.`)
  }
  return { algorithm, checksum, trailers: trailers.map((name) => name.toLowerCase()) }
}
