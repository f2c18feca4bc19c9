import { CHUNK } from '../../../core/storage/storage.ts'
import type { PlacedItems } from '../../storage/table-filling.ts'
import { placed } from '../../storage/table-filling.ts'
import type { ImportCounts } from '../../storage/transfer-records.ts'
import type { TableRecord } from '../../tables/table-record.ts'
import type { Item } from '../../values/item.ts'
import { itemSize } from '../../values/item-size.ts'
import { decompress, type Compression } from './decompress.ts'
import type { itemCheck } from './item-check.ts'
import { messageOf, type ReadItems } from './item-source.ts'

/** An object to import. */
export interface ImportedObject { readonly key: string, readonly bytes: AsyncIterable<Uint8Array> }

/** Bytes of items that are stored in one batch. */
const CHUNK_BYTES = 4 * 1024 * 1024

/** Reads the items of objects into a table, and counts them. */
export class ImportedItems {
  #counts = { bytes: 0, processed: 0, imported: 0, errors: 0 }
  /** The first error. */
  firstFault: string | undefined

  get counts (): ImportCounts {
    return this.#counts
  }

  /** Errors in an item, or in the rest of an object, are counted; the other items are read. */
  async * read (
    objects: AsyncIterable<ImportedObject>,
    { table, compression, reader, check }: { table: TableRecord, compression: Compression, reader: ReadItems, check: ReturnType<typeof itemCheck> }
  ): PlacedItems & AsyncGenerator<{ place: string, item: Item }[]> {
    let chunk: Item[] = []
    let bytes = 0
    for await (const object of objects) {
      let count = 0
      const fail = (fault: string) => this.#fail(`${object.key}, item ${count}: ${fault}`)
      try {
        for await (const source of reader(this.#counting(decompress(object.bytes, compression)))) {
          count++
          this.#counts.processed++
          const checked = source.fault === undefined ? check(source.item) : source
          if ('fault' in checked && checked.fault !== undefined) {
            fail(checked.fault)
            continue
          }
          const { item } = checked as { item: Item } // it has no error
          this.#counts.imported++
          chunk.push(item)
          bytes += itemSize(item)
          if (chunk.length < CHUNK && bytes < CHUNK_BYTES) continue
          yield placed(chunk, table)
          chunk = []
          bytes = 0
        }
      } catch (error) {
        if (!isUnreadable(error)) throw error
        count++
        fail(messageOf(error))
      }
    }
    if (chunk.length > 0) yield placed(chunk, table)
  }

  async * #counting (bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      this.#counts.bytes += piece.length
      yield piece
    }
  }

  #fail (fault: string): void {
    this.#counts.errors++
    this.firstFault ??= fault
  }
}

/** Whether an object's decompression or CSV parsing cannot continue; decided by the codes of the errors. */
function isUnreadable (error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(?:Z_|ZSTD_|CSV_)/.test(String(error.code))
}
