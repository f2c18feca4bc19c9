import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc'
import * as xxh from '@aws-sdk/checksums/xxh'

/** Computes the checksum of the bytes it is given. */
export interface Hasher {
  update (bytes: Uint8Array): void
  digest (): Uint8Array | Promise<Uint8Array>
}

interface Algorithm {
  /** The length of its values. */
  bytes: number
  create (): Hasher
}

const hash = (name: string): Hasher => {
  const state = createHash(name)
  return { update: (bytes) => { state.update(bytes) }, digest: () => state.digest() }
}

/** Node's own implementation is ten times as fast as the SDK's. */
const nativeCrc32 = (): Hasher => {
  let value = 0
  return {
    update (bytes) { value = crc32(bytes, value) },
    digest () {
      const digest = Buffer.alloc(4)
      digest.writeUInt32BE(value)
      return digest
    },
  }
}

/**
 * The checksums that S3 verifies and stores.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export const CHECKSUMS = {
  CRC32: { bytes: 4, create: nativeCrc32 },
  CRC32C: { bytes: 4, create: () => new Crc32c() },
  CRC64NVME: { bytes: 8, create: () => new Crc64Nvme() },
  SHA1: { bytes: 20, create: () => hash('sha1') },
  SHA256: { bytes: 32, create: () => hash('sha256') },
  SHA512: { bytes: 64, create: () => hash('sha512') },
  MD5: { bytes: 16, create: () => hash('md5') },
  XXHASH64: { bytes: 8, create: () => new xxh.Xxh64() },
  XXHASH3: { bytes: 8, create: () => new xxh.Xxh3_64() },
  XXHASH128: { bytes: 16, create: () => new xxh.Xxh3_128() },
} satisfies Record<string, Algorithm>

export type ChecksumAlgorithm = keyof typeof CHECKSUMS

/** The algorithm that S3 uses if the client sends none. */
export const DEFAULT_CHECKSUM: ChecksumAlgorithm = 'CRC64NVME'

/** A checksum of bytes, in base64. */
export interface Checksum {
  algorithm: ChecksumAlgorithm
  value: string
}

/** Covers all bytes of an object, or the checksums of its parts. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

/** The checksum of an object; a composite one ends with the number of parts: `base64-N`. */
export interface ObjectChecksum extends Checksum {
  type: ChecksumType
}

/** The algorithm of that name, in any case. */
export function checksumAlgorithm (name: string): ChecksumAlgorithm | undefined {
  const upper = name.toUpperCase()
  return Object.hasOwn(CHECKSUMS, upper) ? upper as ChecksumAlgorithm : undefined // hasOwn has just shown it
}

export const checksumHeader = (algorithm: ChecksumAlgorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`

/** Decodes base64 of a certain number of bytes; `undefined` for anything else. */
export function decodeBase64 (text: string, bytes: number): Buffer | undefined {
  const decoded = Buffer.from(text, 'base64')
  return decoded.length === bytes && decoded.toString('base64') === text ? decoded : undefined
}

/** The header fields of a checksum in answers. */
export const checksumHeaders = ({ algorithm, value, type }: ObjectChecksum): Record<string, string> =>
  ({ [checksumHeader(algorithm)]: value, 'x-amz-checksum-type': type })

/** Updates hashers with bytes that pass through. */
export async function * hashing (bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, hashers: readonly Hasher[]): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    for (const hasher of hashers) hasher.update(piece)
    yield piece
  }
}

export const digestInBase64 = async (hasher: Hasher): Promise<string> => Buffer.from(await hasher.digest()).toString('base64')
