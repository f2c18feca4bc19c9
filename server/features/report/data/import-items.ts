import { ApiError } from '../../../core/errors.ts'
import { BATCH, type Bulk } from '../repositories/bulk.ts'
import type { Embeddings } from '../repositories/embeddings.ts'
import { toStored, type Checked, type DataItem } from './data-tables.ts'
import type { TextRecord } from './text-records.ts'

/** Records that are written before it is noted how far the import is. */
const GROUP = 8 * BATCH

/** A record that is not written, and why. */
export interface Refused extends TextRecord {
  reasons: string[]
}

export interface ImportCounts {
  read: number
  written: number
  /** Written by the run that this one resumes. */
  before: number
  refused: number
}

export interface ImportOptions {
  records: AsyncIterable<TextRecord>
  check: (text: string) => Checked
  bulk: Bulk
  /** Settles the dimensions of the models of embeddings. */
  embeddings: Pick<Embeddings, 'requireDimension'>
  /** How many records an earlier run has dealt with: they are checked again, and not written. */
  done: number
  onRefused: (refused: Refused) => Promise<void>
  /** All records up to here are dealt with. */
  onProgress: (counts: ImportCounts) => Promise<void>
}

/**
 * Writes the records of a file, 25 in a call. What is refused does not stop it; of records with the same key, all but the
 * first are refused.
 *
 * @throws what the store throws; what was reported to `onProgress` is written by then
 */
export async function importItems ({ records, check, bulk, embeddings, done, onRefused, onProgress }: ImportOptions): Promise<ImportCounts> {
  const counts: ImportCounts = { read: 0, written: 0, before: 0, refused: 0 }
  const places = new Map<string, number>()
  const dimensions = new Map<string, number>()
  let group: DataItem[] = []

  /** Why an item cannot be written here and now. */
  async function conflict (key: string, item: DataItem): Promise<string | undefined> {
    const first = places.get(key)
    if (first !== undefined) return `has the key of record ${first}`
    if (!('embedding_vector' in item)) return undefined
    const { model_version: model, vector_dimension: dimension } = item
    const known = dimensions.get(model)
    if (known !== undefined && known !== dimension) return `has ${dimension} numbers, and the vectors of model ${model} have ${known}`
    try {
      if (known === undefined) await embeddings.requireDimension(item)
    } catch (error) {
      if (error instanceof ApiError && error.statusCode < 500) return error.message
      throw error
    }
    dimensions.set(model, dimension)
    return undefined
  }

  async function flush (): Promise<void> {
    const batches = Array.from({ length: Math.ceil(group.length / BATCH) }, (_, index) => group.slice(index * BATCH, (index + 1) * BATCH))
    await Promise.all(batches.map((batch) => bulk.put(batch.map(toStored))))
    counts.written += group.length
    group = []
    await onProgress(counts)
  }

  for await (const record of records) {
    counts.read += 1
    const checked = check(record.text)
    const reason = 'key' in checked ? await conflict(checked.key, checked.item) : undefined
    if ('reasons' in checked || reason !== undefined) {
      counts.refused += 1
      await onRefused({ ...record, reasons: 'reasons' in checked ? checked.reasons : [reason!] }) // there is one of the two
    } else {
      places.set(checked.key, record.place)
      if (counts.read <= done) counts.before += 1
      else group.push(checked.item)
    }
    if (group.length === GROUP) await flush()
  }
  await flush()
  return counts
}
