import { randomUUID } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SizedStream } from '../../aws/object-store.ts'

/** Bytes that were put aside. */
export interface Spool {
  readonly size: number
  /** All of them, from the first; once. */
  read (): SizedStream
  /** Gives the disk back. */
  close (): Promise<void>
}

/**
 * Puts bytes aside as they come, in a file without a name: however the process ends, nothing of it stays. S3 wants to
 * know the length of what is stored, and a form may name the owner behind the file: both are known when it has ended.
 *
 * @param source  read to its end, at the pace of the disk; what it throws is thrown here
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
