// The file formats of LevelDB, as far as checksums go: https://github.com/google/leveldb/tree/main/doc. The library's binding
// has no paranoid_checks and no verify_checksums, and ignores damaged log records without a word.

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82F63B78 : crc >>> 1
  return crc
})

/** The masked CRC-32C of some parts, as it is stored. */
function maskedCrc (...parts: readonly Uint8Array[]): number {
  let crc = 0xFFFFFFFF
  for (const part of parts) for (let at = 0; at < part.length; at++) crc = CRC_TABLE[(crc ^ part[at]!) & 0xFF]! ^ (crc >>> 8)
  crc = ~crc >>> 0
  return (((crc >>> 15) | (crc << 17)) + 0xA282EAD8) >>> 0
}

const BLOCK = 32_768
const HEADER = 7
const FULL = 1
const FIRST = 2
const MIDDLE = 3
const LAST = 4

export interface LogContent {
  records: Buffer[]
  /** Bytes that belong to no intact record, except an incomplete record at the end, which a kill leaves. */
  damagedBytes: number
}

/** Reads a write-ahead log or a manifest. */
export function readLog (file: Buffer): LogContent {
  const records: Buffer[] = []
  let damagedBytes = 0
  let parts: Buffer[] | undefined
  const dropParts = () => {
    for (const part of parts ?? []) damagedBytes += part.length
    parts = undefined
  }
  for (let at = 0; at < file.length;) {
    const end = Math.min(at - at % BLOCK + BLOCK, file.length)
    const isLast = end === file.length
    const skip = () => {
      dropParts()
      damagedBytes += end - at
      at = end
    }
    if (end - at < HEADER) {
      at = end
      continue
    }
    const length = file.readUInt16LE(at + 4)
    const type = file[at + 6]!
    if (type === 0 && length === 0) {
      // Space that was preallocated and is unused.
      if (file.subarray(at, end).some((byte) => byte !== 0)) skip()
      at = end
      continue
    }
    if (length > end - at - HEADER) {
      if (isLast && !hasRecord(file, at + 1)) break // incomplete
      skip()
      continue
    }
    if (!isIntact(file, at)) {
      skip()
      continue
    }
    const payload = file.subarray(at + HEADER, at + HEADER + length)
    at += HEADER + length
    if (type === FULL || type === FIRST) {
      dropParts()
      if (type === FULL) records.push(payload)
      else parts = [payload]
    } else if (!parts) {
      damagedBytes += payload.length // its beginning is damaged
    } else {
      parts.push(payload)
      if (type === LAST) {
        records.push(Buffer.concat(parts))
        parts = undefined
      }
    }
  }
  return { records, damagedBytes }
}

function isIntact (file: Buffer, at: number): boolean {
  const length = file.readUInt16LE(at + 4)
  return file.readUInt32LE(at) === maskedCrc(file.subarray(at + 6, at + HEADER + length))
}

/** Whether an intact record begins anywhere in the rest of a file: then the bytes before it are damaged, not incomplete. */
function hasRecord (file: Buffer, from: number): boolean {
  for (let at = from; at + HEADER <= file.length; at++) {
    const type = file[at + 6]!
    if (type >= FULL && type <= LAST && at + HEADER + file.readUInt16LE(at + 4) <= file.length && isIntact(file, at)) return true
  }
  return false
}

/** Writes a log of these records. */
export function writeLog (records: readonly Buffer[]): Buffer {
  const parts: Buffer[] = []
  let size = 0
  const push = (part: Buffer) => {
    parts.push(part)
    size += part.length
  }
  for (const record of records) {
    let rest = record
    for (let isFirst = true; isFirst || rest.length > 0; isFirst = false) {
      if (BLOCK - size % BLOCK < HEADER) push(Buffer.alloc(BLOCK - size % BLOCK))
      const payload = rest.subarray(0, BLOCK - size % BLOCK - HEADER)
      rest = rest.subarray(payload.length)
      const isEnd = rest.length === 0
      const header = Buffer.alloc(HEADER)
      header[6] = isFirst ? (isEnd ? FULL : FIRST) : isEnd ? LAST : MIDDLE
      header.writeUInt16LE(payload.length, 4)
      header.writeUInt32LE(maskedCrc(header.subarray(6), payload))
      push(header)
      push(payload)
      if (isEnd) break
    }
  }
  return Buffer.concat(parts)
}

/** Reads numbers and strings one after another. */
class Cursor {
  readonly #bytes: Buffer
  at: number

  constructor (bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.at = at
  }

  varint (): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.at++]
      if (byte === undefined || factor > 2 ** 63) throw new RangeError('A number does not end')
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }

  bytes (length = this.varint()): Buffer {
    if (this.at + length > this.#bytes.length) throw new RangeError('A string does not end')
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }
}

/** The state that a manifest describes at its end. */
export interface Manifest {
  /** Logs below this number are no longer needed. */
  logNumber: number
  /** Sizes of the tables in use, by number. */
  tables: Map<number, number>
}

export function readManifest (records: readonly Buffer[]): Manifest {
  const manifest: Manifest = { logNumber: 0, tables: new Map() }
  for (const record of records) {
    const cursor = new Cursor(record)
    while (cursor.at < record.length) {
      const tag = cursor.varint()
      if (tag === 1) {
        cursor.bytes()
      } else if (tag === 2) {
        manifest.logNumber = cursor.varint()
      } else if (tag === 3 || tag === 4 || tag === 9) {
        cursor.varint()
      } else if (tag === 5) {
        cursor.varint()
        cursor.bytes()
      } else if (tag === 6) {
        cursor.varint()
        manifest.tables.delete(cursor.varint())
      } else if (tag === 7) {
        cursor.varint()
        const number = cursor.varint()
        manifest.tables.set(number, cursor.varint())
        cursor.bytes()
        cursor.bytes()
      } else {
        throw new RangeError(`A manifest has no tag ${tag}`)
      }
    }
  }
  return manifest
}

const FOOTER = 48
const TRAILER = 5
const MAGIC = Buffer.from('57fb808b247547db', 'hex')

interface BlockHandle { offset: number, size: number }

/**
 * Verifies all blocks of a table.
 * @returns the damaged data blocks; `undefined` if the table cannot be read at all
 */
export function damagedBlocks (file: Buffer): BlockHandle[] | undefined {
  try {
    if (file.length < FOOTER || !file.subarray(-8).equals(MAGIC)) return undefined
    const footer = new Cursor(file.subarray(-FOOTER))
    const [meta, index] = [readHandle(footer), readHandle(footer)]
    if (!isIntactBlock(file, meta) || !isIntactBlock(file, index)) return undefined
    // A damaged filter reports keys as absent, so no data behind it can be trusted.
    if (!handlesIn(contentOf(file, meta)).every((handle) => isIntactBlock(file, handle))) return undefined
    return handlesIn(contentOf(file, index)).filter((handle) => !isIntactBlock(file, handle))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Where the compression type of a block is: LevelDB skips a block whose type it does not know. */
export const typeOffset = ({ offset, size }: BlockHandle): number => offset + size

const readHandle = (cursor: Cursor): BlockHandle => ({ offset: cursor.varint(), size: cursor.varint() })

function isIntactBlock (file: Buffer, { offset, size }: BlockHandle): boolean {
  const end = offset + size
  return end + TRAILER <= file.length && file.readUInt32LE(end + 1) === maskedCrc(file.subarray(offset, end + 1))
}

function contentOf (file: Buffer, handle: BlockHandle): Buffer {
  const content = file.subarray(handle.offset, handle.offset + handle.size)
  return file[typeOffset(handle)] === 1 ? uncompress(content) : content
}

/** The values of an index: handles of other blocks. */
function handlesIn (block: Buffer): BlockHandle[] {
  const end = block.length - 4 - 4 * block.readUInt32LE(block.length - 4)
  const cursor = new Cursor(block)
  const handles: BlockHandle[] = []
  while (cursor.at < end) {
    cursor.varint()
    const keyLength = cursor.varint()
    const valueLength = cursor.varint()
    cursor.bytes(keyLength)
    handles.push(readHandle(new Cursor(cursor.bytes(valueLength))))
  }
  return handles
}

/** Snappy: https://github.com/google/snappy/blob/main/format_description.txt */
function uncompress (input: Buffer): Buffer {
  const cursor = new Cursor(input)
  const output = Buffer.alloc(cursor.varint())
  let written = 0
  while (cursor.at < input.length) {
    const tag = cursor.bytes(1)[0]!
    const kind = tag & 3
    if (kind === 0) {
      const short = tag >> 2
      const length = 1 + (short < 60 ? short : cursor.bytes(short - 59).readUIntLE(0, short - 59))
      written += cursor.bytes(length).copy(output, written)
      continue
    }
    const length = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2)
    const distance = kind === 1 ? ((tag >> 5) << 8) + cursor.bytes(1)[0]! : kind === 2 ? cursor.bytes(2).readUInt16LE() : cursor.bytes(4).readUInt32LE()
    for (let copied = 0; copied < length; copied++, written++) output[written] = output[written - distance]!
  }
  return output
}
