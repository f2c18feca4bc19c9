import { randomUUID } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SizedStream } from '../../aws/object-store.ts'

/** Bytes in a temporary file. */
export interface Spool {
  readonly size: number
  /** All of them, from the beginning; may be read once. */
  read (): SizedStream
  /** Gives the disk back. */
  close (): Promise<void>
}

/**
 * Writes bytes to an unlinked file as they come: however the process ends, no file is left. S3 needs the length of an
 * object in advance, and a form may name the owner after the file: both are known once the form has ended.
 * @param source  read to its end, at the speed of the disk; its errors are thrown here
 */
export async function spool (source: AsyncIterable<Uint8Array>): Promise<Spool> {
  const path = join(tmpdir(), `sandtable-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  try {
    await unlink(path)
    let size = 0
    for await (const chunk of source) {
      await file.write(chunk)
      size += chunk.byteLength
    }
    return {
      size,
      read: () => ({ size, stream: file.createReadStream({ start: 0, autoClose: false }) }),
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}
