import type { Database, Write } from '../../core/storage/database.ts'
import type { Locks } from '../../core/storage/locks.ts'
import type { ChecksumAlgorithm, ChecksumType } from '../objects/checksums.ts'
import type { ContentStore, Piece } from '../../core/storage/content-store.ts'
import { allUnder, keys, LONGEST_CHUNK, type UploadName } from './database-keys.ts'
import { noSuchBucket, noSuchUpload } from '../errors.ts'
import { locked } from './locked.ts'
import type { Tag } from './records.ts'

/** A multipart upload in progress: the properties of the future object, without its content. */
export interface UploadRecord {
  key: string
  id: string
  /** Epoch ms. */
  initiated: number
  headers: Record<string, string>
  metadata: Record<string, string>
  tags?: readonly Tag[]
  /** `asked` if the client named the algorithm; the default is computed, and not returned. */
  checksum: { algorithm: ChecksumAlgorithm, type: ChecksumType, asked: boolean }
}

export interface PartRecord extends Piece {
  number: number
  /** Without its quotes. */
  etag: string
  /** Epoch ms. */
  lastModified: number
  /** In base64: one in the upload's algorithm, and one in the client's if it differs. */
  checksums: Partial<Record<ChecksumAlgorithm, string>>
}

/** The beginning of an upload's id, in hex: its time, and the number of uploads before it. */
const TIME_DIGITS = 12
const COUNT_DIGITS = 8

const countIn = (id: string): number => Number.parseInt(id.slice(TIME_DIGITS, TIME_DIGITS + COUNT_DIGITS), 16)

/** The multipart uploads of one account that are neither completed nor aborted, and their parts. */
export class UploadStore {
  readonly #database: Database
  readonly #contents: ContentStore
  readonly #locks: Locks
  #begun = 0

  constructor ({ database, contents, locks }: { database: Database, contents: ContentStore, locks: Locks }) {
    this.#database = database
    this.#contents = contents
    this.#locks = locks
  }

  /** Continues the count of the uploads that exist. */
  async load (): Promise<void> {
    for await (const chunk of this.#database.chunks(allUnder(keys.uploads), LONGEST_CHUNK)) {
      for (const [, record] of chunk) this.#begun = Math.max(this.#begun, countIn((record as UploadRecord).id) + 1) // only begin writes there
    }
  }

  /**
   * @param upload.requestId  makes the id impossible to guess
   * @returns its id; the ids of one key are in the order of their creation
   * @throws NoSuchBucket
   */
  async begin (bucket: string, { requestId, ...upload }: Omit<UploadRecord, 'id'> & { requestId: string }): Promise<string> {
    const ordered = upload.initiated.toString(16).padStart(TIME_DIGITS, '0') + (this.#begun++).toString(16).padStart(COUNT_DIGITS, '0')
    const id = `${ordered}${requestId.toLowerCase()}`
    return locked(this.#locks, [[bucket, 'shared']], async () => {
      this.#checkBucket(bucket)
      await this.#database.commit([{ key: keys.upload({ bucket, key: upload.key, id }), value: { ...upload, id } }])
      return id
    })
  }

  find (name: UploadName): UploadRecord | undefined {
    return this.#database.get(keys.upload(name)) as UploadRecord | undefined // only begin writes there
  }

  /**
   * Stores a part, replacing the one with the same number. From here on the store owns its content.
   * @throws NoSuchBucket, NoSuchUpload
   */
  async putPart (name: UploadName, part: PartRecord): Promise<void> {
    try {
      await this.#change(name, async () => {
        const key = keys.part(name.id, part.number)
        const existing = this.#database.get(key) as PartRecord | undefined // only putPart writes there
        await this.#database.commit([{ key, value: part }])
        if (existing) await this.#contents.delete(existing.content)
      })
    } catch (error) {
      await this.#contents.delete(part.content)
      throw error
    }
  }

  /** The parts of an upload in the order of their numbers, or all parts. */
  async parts (id?: string): Promise<PartRecord[]> {
    const parts: PartRecord[] = []
    for await (const chunk of this.#database.chunks(allUnder(keys.parts(id)), LONGEST_CHUNK)) {
      for (const [, record] of chunk) parts.push(record as PartRecord) // only putPart writes there
    }
    return parts
  }

  /** @throws NoSuchBucket, NoSuchUpload */
  async abort (name: UploadName): Promise<void> {
    await this.#change(name, () => this.#drop(name))
  }

  /** In the order of their keys, then of their ids. */
  async * list (bucket: string, prefix = ''): AsyncGenerator<UploadRecord> {
    for await (const chunk of this.#database.chunks(allUnder(keys.uploadsUnder(bucket, prefix)), LONGEST_CHUNK)) {
      for (const [, record] of chunk) yield record as UploadRecord // only begin writes there
    }
  }

  /** Deletes the uploads of a bucket, under its lock. */
  async dropAll (bucket: string): Promise<void> {
    for await (const { key, id } of this.list(bucket)) await this.#drop({ bucket, key, id })
  }

  /** The writes that delete an upload. */
  removal (name: UploadName, parts: readonly PartRecord[]): Write[] {
    return [{ key: keys.upload(name) }, ...parts.map(({ number }) => ({ key: keys.part(name.id, number) }))]
  }

  async #drop (name: UploadName): Promise<void> {
    const parts = await this.parts(name.id)
    await this.#database.commit(this.removal(name, parts))
    for (const { content } of parts) await this.#contents.delete(content)
  }

  async #change (name: UploadName, work: () => Promise<void>): Promise<void> {
    await locked(this.#locks, [[name.bucket, 'shared'], [keys.upload(name), 'exclusive']], async () => {
      this.#checkBucket(name.bucket)
      if (!this.find(name)) throw noSuchUpload(name.id)
      await work()
    })
  }

  #checkBucket (name: string): void {
    if (this.#database.get(keys.bucket(name)) === undefined) throw noSuchBucket(name)
  }
}
