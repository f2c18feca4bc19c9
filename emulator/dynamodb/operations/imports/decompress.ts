import { pipeline, Readable, type Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { validation } from '../../errors.ts'

export type Compression = 'NONE' | 'GZIP' | 'ZSTD'

/** @throws ValidationException for a compression that this Node.js version does not support */
export function checkCompression (compression: Compression | undefined): void {
  if (compression !== 'ZSTD' || canReadZstd()) return
  throw validation(`InputCompressionType ZSTD needs Node.js 22.15 or later, and this emulator runs on ${process.version.slice(1)}`)
}

/** Whether this Node.js version supports Zstandard (22.15 or later). */
export function canReadZstd (): boolean {
  return typeof zlib.createZstdDecompress === 'function'
}

/** The bytes after decompression, as they arrive. */
export function decompress (bytes: AsyncIterable<Uint8Array>, compression: Compression): AsyncIterable<Uint8Array> {
  if (compression === 'NONE') return bytes
  const unpack: Transform = compression === 'GZIP' ? zlib.createGunzip() : zlib.createZstdDecompress()
  return pipeline(Readable.from(bytes), unpack, () => {}) // the reader gets the error
}
