import type { Write } from '../core/storage/database.ts'
import type { Partition, Partitions } from '../core/storage/storage.ts'
import type { SnapshotRecord } from './format.ts'

/** Entries that are stored at a time. */
const GROUP = 1000

/** Stores what a snapshot has. */
export async function fill (partitions: Partitions, records: AsyncGenerator<SnapshotRecord>): Promise<void> {
  let partition: Partition | undefined
  let writes: Write[] = []
  const flush = async () => {
    if (writes.length > 0) await partition!.database.commit(writes) // entries come after their partition
    writes = []
  }
  for (let next = await records.next(); !next.done; next = await records.next()) {
    const record = next.value
    if (record.kind === 'entry') {
      writes.push(record.entry)
      if (writes.length >= GROUP) await flush()
    } else if (record.kind === 'partition') {
      await flush()
      partition = await partitions.open(record.name)
    } else if (record.kind === 'content') {
      await partition!.contents.write(bytesOf(record.size, records), record.content) // as entries
    }
  }
  await flush()
}

/** The bytes that follow, as many as the content's line announces. */
async function * bytesOf (size: number, records: AsyncGenerator<SnapshotRecord>): AsyncGenerator<Uint8Array> {
  for (let missing = size; missing > 0;) {
    const { value } = await records.next() as IteratorResult<SnapshotRecord, undefined> // it returns nothing
    if (value?.kind !== 'bytes') throw new TypeError('The file has changed since it was checked')
    missing -= value.bytes.length
    yield value.bytes
  }
}
