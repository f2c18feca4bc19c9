import { randomUUID } from 'node:crypto'
import type { Database, Write } from '../../core/storage/database.ts'
import { CHUNK } from '../../core/storage/storage.ts'
import { collectionExists, collectionFull, collectionNotFound } from '../errors.ts'
import type { Identity } from '../faces/face.ts'
import type { BoundingBox } from '../faces/face-engine.ts'

/** A face as it was when it was indexed. */
export interface StoredFace {
  /** Counts up over the lifetime of its collection. */
  readonly sequence: number
  readonly faceId: string
  readonly imageId: string
  readonly externalImageId: string | undefined
  readonly boundingBox: BoundingBox
  /** Confidence that it is a face, in percent. */
  readonly confidence: number
  readonly identity: Identity
}

export type NewFace = Omit<StoredFace, 'sequence' | 'faceId'>

/** The stored form of a face: an engine's vector can be of any kind, so its numbers are stored as JSON. */
type FaceRecord = Omit<StoredFace, 'identity'> & { readonly identity: Extract<Identity, { person: string }> | { readonly vector: string | undefined, readonly ordinal: number } }

/** The stored form of a collection, without its faces. */
interface CollectionRecord extends NewCollection {
  readonly sequence: number
  /** How many faces have ever been added to it. */
  readonly added: number
}

/** The keys of the records in the database. */
const keys = {
  /** How many collections have ever been created. */
  created: 'created',
  collection: (id: string): string => `collection/${id}`,
  face: (collection: number, face?: number): string => `face/${counted(collection)}/${face === undefined ? '' : counted(face)}`,
}

const counted = (count: number): string => String(count).padStart(12, '0')

/** The range of keys with a prefix that ends in a slash. */
const allUnder = (prefix: string): { gte: string, lt: string } => ({ gte: prefix, lt: `${prefix.slice(0, -1)}0` })

export interface NewCollection {
  readonly id: string
  /** Epoch ms. */
  readonly createdAt: number
  readonly tags: Readonly<Record<string, string>>
}

/** The faces of one collection, in the order in which they were added. */
export class Collection {
  readonly id: string
  /** Epoch ms. */
  readonly createdAt: number
  readonly tags: Readonly<Record<string, string>>
  /** Counts up over all collections, so that a new collection is not confused with a deleted one of the same name. */
  readonly sequence: number
  readonly #database: Database
  readonly #faces = new Map<string, StoredFace>()
  /** The id of each face by the key under which it counts as the same face. */
  readonly #ids = new Map<string, string>()
  #added: number

  constructor (database: Database, { id, createdAt, tags, sequence, added }: CollectionRecord) {
    this.id = id
    this.createdAt = createdAt
    this.tags = tags
    this.sequence = sequence
    this.#database = database
    this.#added = added
  }

  /** Loads a stored face. */
  restore (record: FaceRecord): void {
    this.#keep(fromRecord(record))
  }

  record (): CollectionRecord {
    return { id: this.id, createdAt: this.createdAt, tags: this.tags, sequence: this.sequence, added: this.#added }
  }

  get size (): number {
    return this.#faces.size
  }

  face (faceId: string): StoredFace | undefined {
    return this.#faces.get(faceId)
  }

  faces (): StoredFace[] {
    return [...this.#faces.values()]
  }

  /**
   * Stores faces, all or none, and returns them as they are stored: the same face of the same image under the same
   * external id is stored once.
   * @param most  how many faces the collection may have
   * @throws ServiceQuotaExceededException
   */
  async add (faces: readonly NewFace[], most: number): Promise<StoredFace[]> {
    const added = new Set(faces.map(sameness).filter((same) => !this.#ids.has(same)))
    if (this.size + added.size > most) throw collectionFull(this.id)
    const writes: Write[] = []
    const stored = faces.map((face) => this.#find(face) ?? this.#store(face, writes))
    if (writes.length > 0) writes.push({ key: keys.collection(this.id), value: this.record() })
    await this.#database.commit(writes)
    return stored
  }

  /** @returns those that existed */
  async delete (faceIds: ReadonlySet<string>): Promise<Set<string>> {
    const found = [...faceIds].flatMap((faceId) => this.#faces.get(faceId) ?? [])
    for (const face of found) {
      this.#ids.delete(sameness(face))
      this.#faces.delete(face.faceId)
    }
    await this.#database.commit(found.map(({ sequence }) => ({ key: keys.face(this.sequence, sequence) })))
    return new Set(found.map(({ faceId }) => faceId))
  }

  #find (face: NewFace): StoredFace | undefined {
    const id = this.#ids.get(sameness(face))
    return id === undefined ? undefined : this.#faces.get(id)
  }

  #store (face: NewFace, writes: Write[]): StoredFace {
    const stored = { ...face, sequence: ++this.#added, faceId: randomUUID() }
    this.#keep(stored)
    writes.push({ key: keys.face(this.sequence, stored.sequence), value: toRecord(stored) })
    return stored
  }

  #keep (face: StoredFace): void {
    this.#faces.set(face.faceId, face)
    this.#ids.set(sameness(face), face.faceId)
  }
}

function toRecord ({ identity, ...face }: StoredFace): FaceRecord {
  if ('person' in identity) return { ...face, identity }
  const { vector, ordinal } = identity
  return { ...face, identity: { vector: vector && JSON.stringify(Array.from(vector)), ordinal } }
}

function fromRecord ({ identity, ...face }: FaceRecord): StoredFace {
  if ('person' in identity) return { ...face, identity }
  const { vector, ordinal } = identity
  return { ...face, identity: { vector: vector === undefined ? undefined : JSON.parse(vector) as number[], ordinal } } // toRecord made it
}

/** The person is part of the key, since an image can be arranged as somebody else later. */
function sameness ({ imageId, externalImageId, boundingBox, identity }: NewFace): string {
  return JSON.stringify([imageId, externalImageId, boundingBox, 'person' in identity ? identity.person : identity.ordinal])
}

/** The collections of one account in one region: in memory, since a search looks at every face, and in a database. */
export class CollectionStore {
  readonly #database: Database
  readonly #collections = new Map<string, Collection>()
  #created: number

  private constructor (database: Database) {
    this.#database = database
    this.#created = database.get(keys.created) as number | undefined ?? 0 // only create writes there
  }

  /** Loads the state of the database. */
  static async open (database: Database): Promise<CollectionStore> {
    const store = new CollectionStore(database)
    await store.#load()
    return store
  }

  /** @throws ResourceAlreadyExistsException */
  async create (collection: NewCollection): Promise<Collection> {
    if (this.#collections.has(collection.id)) throw collectionExists(collection.id)
    const created = new Collection(this.#database, { ...collection, sequence: ++this.#created, added: 0 })
    this.#collections.set(created.id, created)
    await this.#database.commit([{ key: keys.created, value: this.#created }, { key: keys.collection(created.id), value: created.record() }])
    return created
  }

  /** @throws ResourceNotFoundException */
  get (id: string): Collection {
    const collection = this.#collections.get(id)
    if (!collection) throw collectionNotFound(id)
    return collection
  }

  /** In the order in which they were created. */
  list (): Collection[] {
    return [...this.#collections.values()]
  }

  /** @throws ResourceNotFoundException */
  async delete (id: string): Promise<void> {
    const { sequence } = this.get(id)
    this.#collections.delete(id)
    await this.#database.commit([{ key: keys.collection(id) }])
    await this.#database.clear(allUnder(keys.face(sequence)))
  }

  async #load (): Promise<void> {
    const records: CollectionRecord[] = []
    for await (const chunk of this.#database.chunks(allUnder(keys.collection('')), CHUNK)) {
      for (const [, record] of chunk) records.push(record as CollectionRecord) // only collections are written there
    }
    for (const record of records.sort((a, b) => a.sequence - b.sequence)) {
      const collection = new Collection(this.#database, record)
      this.#collections.set(collection.id, collection)
      for await (const chunk of this.#database.chunks(allUnder(keys.face(collection.sequence)), CHUNK)) {
        for (const [, face] of chunk) collection.restore(face as FaceRecord) // only faces are written there
      }
    }
  }
}
