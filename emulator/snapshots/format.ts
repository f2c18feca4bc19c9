import { createGunzip, createGzip } from 'node:zlib'
import { pipeline, Readable } from 'node:stream'
import type { ClockState } from '../core/clock.ts'
import type { Write } from '../core/storage/database.ts'
import type { StorageView } from '../core/storage/storage.ts'
import { BadSnapshot } from './errors.ts'

// docs/snapshots.md describes the format; its description of version 1 never changes.

const FORMAT = 'sandtable-snapshot'
const VERSION = 1

/** Bytes of a content in one line. */
const BLOCK_BYTES = 512 * 1024

/** Characters that are compressed at a time. */
const BATCH_CHARACTERS = 64 * 1024

/** Bytes of the longest line that is read: the largest item, every character of it escaped, and then some. */
const LONGEST_LINE = 16 * 1024 * 1024

/** What a snapshot begins with. */
export interface SnapshotHeader { clock: Pick<ClockState, 'epochMs' | 'frozen'> }

/** What comes after it. */
export type SnapshotRecord =
  | { kind: 'partition', name: string }
  | { kind: 'entry', entry: Write }
  | { kind: 'content', content: string, size: number }
  | { kind: 'bytes', bytes: Buffer }

interface Counts { partitions: number, entries: number, contents: number }

/** Writes a view as a snapshot, as fast as it is read. Speed counts for more than size. */
export function writeSnapshot (view: StorageView, header: SnapshotHeader): Readable {
  return pipeline(Readable.from(batched(linesOf(view, header))), createGzip({ level: 1 }), () => {})
}

async function * linesOf (view: StorageView, { clock: { epochMs, frozen } }: SnapshotHeader): AsyncGenerator<object> {
  const counts: Counts = { partitions: 0, entries: 0, contents: 0 }
  yield { format: FORMAT, version: VERSION, clock: { epochMs, frozen } }
  for (const partition of view.partitions) {
    const { name, contents } = partition
    counts.partitions++
    yield { partition: name }
    for await (const chunk of partition.entries()) {
      counts.entries += chunk.length
      for (const [key, value] of chunk) yield { key, value }
    }
    for (const piece of await contents.list()) {
      counts.contents++
      yield piece
      for await (const bytes of blocks(contents.read([piece]))) yield { bytes: bytes.toString('base64') }
    }
  }
  yield { end: counts }
}

async function * blocks (bytes: Uint8Array | Readable): AsyncGenerator<Buffer> {
  for await (const part of bytes instanceof Readable ? bytes as AsyncIterable<Buffer> : [Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)]) { // contents are bytes
    for (let from = 0; from < part.length; from += BLOCK_BYTES) yield part.subarray(from, from + BLOCK_BYTES)
  }
}

async function * batched (lines: AsyncIterable<object>): AsyncGenerator<string> {
  let batch = ''
  for await (const line of lines) {
    batch += `${JSON.stringify(line)}\n`
    if (batch.length < BATCH_CHARACTERS) continue
    yield batch
    batch = ''
  }
  yield batch
}

/** A snapshot that is read from its beginning to its end. */
export interface SnapshotReader {
  readonly header: SnapshotHeader
  /** @throws {@link BadSnapshot} at the first thing that is wrong, and when the end is missing */
  readonly records: AsyncGenerator<SnapshotRecord>
}

/**
 * Opens a snapshot.
 * @param services   whose partitions may be in it
 * @param mostBytes  to which it may unpack
 * @throws {@link BadSnapshot}
 */
export async function readSnapshot (file: Readable, services: readonly string[], mostBytes = Infinity): Promise<SnapshotReader> {
  const lines = linesIn(file, mostBytes)
  const { value: first } = await lines.next() as IteratorResult<unknown, undefined> // it returns nothing
  const { format, version, clock } = (first ?? {}) as { format?: unknown, version?: unknown, clock?: { epochMs?: unknown, frozen?: unknown } } // anything may be missing
  if (format !== FORMAT) throw new BadSnapshot('It is not a snapshot of Sandtable')
  if (version !== VERSION) throw new BadSnapshot(`It is a snapshot of version ${JSON.stringify(version)}; this Sandtable reads ${VERSION}`)
  const { epochMs, frozen } = clock ?? {}
  if (typeof epochMs !== 'number' || !Number.isSafeInteger(epochMs) || typeof frozen !== 'boolean') throw new BadSnapshot('Its first line has no clock')
  return { header: { clock: { epochMs, frozen } }, records: recordsIn(lines, services) }
}

async function * recordsIn (lines: AsyncGenerator<unknown>, services: readonly string[]): AsyncGenerator<SnapshotRecord> {
  const counts: Counts = { partitions: 0, entries: 0, contents: 0 }
  const names = new Set<string>()
  let number = 1
  let missing = 0
  for await (const value of lines) {
    number++
    const wrong = (what: string) => new BadSnapshot(`Its line ${number} ${what}`)
    const line = (typeof value === 'object' ? value ?? {} : {}) as Record<string, unknown> // objects have members
    if (missing > 0 && typeof line.bytes !== 'string') throw wrong('is not the expected base64')
    if (typeof line.bytes === 'string') {
      const bytes = Buffer.from(line.bytes, 'base64')
      missing -= bytes.length
      if (bytes.length === 0 || missing < 0) throw wrong('does not have the announced number of bytes')
      yield { kind: 'bytes', bytes }
    } else if (line.end !== undefined) {
      const counted = Object(line.end) as Record<string, unknown> // whatever it is, it can be asked
      if (Object.entries(counts).some(([name, count]) => counted[name] !== count)) throw wrong('has wrong counts')
      if (!(await lines.next()).done) throw wrong('is not the last')
      return
    } else if (typeof line.partition === 'string') {
      const [service = '', account = ''] = line.partition.split('/')
      if (!services.includes(service) || !/^\d{12}$/.test(account) || !/^[a-z0-9-]+\/\d+(\/[a-z0-9-]+)?$/.test(line.partition)) throw wrong(`names an unknown partition: ${line.partition}`)
      if (names.size === names.add(line.partition).size) throw wrong(`has the partition ${line.partition} a second time`)
      counts.partitions++
      yield { kind: 'partition', name: line.partition }
    } else if (counts.partitions === 0) {
      throw wrong('belongs to no partition')
    } else if (typeof line.key === 'string' && line.value !== undefined && line.value !== null) {
      counts.entries++
      yield { kind: 'entry', entry: { key: line.key, value: line.value } }
    } else if (typeof line.content === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(line.content) && Number.isSafeInteger(line.size) && Number(line.size) >= 0) {
      counts.contents++
      missing = Number(line.size)
      yield { kind: 'content', content: line.content, size: missing }
    } else {
      throw wrong('is not a record of a snapshot')
    }
  }
  throw new BadSnapshot('It is incomplete: its last line is missing')
}

/** The JSON of each line. */
async function * linesIn (file: Readable, mostBytes: number): AsyncGenerator<unknown> {
  let rest = ''
  let bytes = 0
  const text = pipeline(file, createGunzip(), () => {}).setEncoding('utf8') as AsyncIterable<string> // that is what the encoding makes of it
  try {
    for await (const chunk of text) {
      bytes += Buffer.byteLength(chunk)
      if (bytes > mostBytes) throw new BadSnapshot(`It unpacks to more than ${mostBytes} bytes`)
      const lines = (rest + chunk).split('\n')
      rest = lines.pop()!
      for (const line of lines) yield JSON.parse(line)
      if (rest.length > LONGEST_LINE) throw new BadSnapshot('It has a line that is too long')
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw new BadSnapshot(`One of its lines is not JSON: ${error.message}`)
    const { code = '', message } = error as NodeJS.ErrnoException // zlib's have codes
    throw code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE' ? new BadSnapshot(`It is not gzip, or damaged: ${message}`) : error
  }
  if (rest !== '') throw new BadSnapshot('It ends in the middle of a line')
}
