import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { ExportLine } from './export-lines.ts'
import type { DataFile } from './export-manifest.ts'

/** Stores an object, and returns its MD5 in hexadecimal. */
export type PutObject = (key: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) => Promise<string>

/** Bytes of lines after which a new file begins. */
const FILE_BYTES = 16 * 1024 * 1024

/** Size of the pieces in which a file's text is compressed, in characters. */
const PIECE = 64 * 1024

const NAME_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz234567'

/**
 * Writes lines to compressed files, one at a time, as the lines are read. Without lines it writes one empty file.
 * @param options.folder     of the files
 * @param options.extension  of their names, before `.gz`
 */
export async function writeDataFiles (lines: AsyncGenerator<ExportLine>, put: PutObject, { folder, extension }: { folder: string, extension: string }): Promise<{ files: DataFile[], items: number, bytes: number }> {
  const files: DataFile[] = []
  let bytes = 0
  let items = 0
  try {
    let next = await lines.next()
    do {
      let count = 0
      const text = async function * () {
        let piece = ''
        let written = 0
        while (!next.done && written < FILE_BYTES) {
          const line = next.value
          piece += `${line.text}\n`
          written += Buffer.byteLength(line.text)
          bytes += line.bytes
          count++
          if (piece.length >= PIECE) {
            yield piece
            piece = ''
          }
          next = await lines.next()
        }
        if (piece !== '') yield piece
      }
      const dataFileS3Key = `${folder}/${randomName()}.${extension}.gz`
      let etag = ''
      await pipeline(Readable.from(text()), createGzip(), async (packed) => {
        etag = await put(dataFileS3Key, packed as AsyncIterable<Buffer>) // the output of gzip
      })
      files.push({ itemCount: count, md5Checksum: Buffer.from(etag, 'hex').toString('base64'), etag, dataFileS3Key })
      items += count
    } while (!next.done)
    return { files, items, bytes }
  } finally {
    await lines.return(undefined)
  }
}

function randomName (): string {
  return Array.from(randomBytes(26), (byte) => NAME_CHARACTERS[byte % NAME_CHARACTERS.length]).join('')
}
