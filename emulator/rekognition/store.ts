import { randomUUID } from 'node:crypto'
import { collectionExists, collectionFull, collectionNotFound } from './errors.ts'
import type { Identity } from './face.ts'
import type { BoundingBox } from './face-engine.ts'

/** A face as it was when it was indexed. */
export interface StoredFace {
  /** Counts up through the life of its collection. */
  readonly sequence: number
  readonly faceId: string
  readonly imageId: string
  readonly externalImageId: string | undefined
  readonly boundingBox: BoundingBox
  /** That it is a face, in percent. */
  readonly confidence: number
  readonly identity: Identity
}

export type NewFace = Omit<StoredFace, 'sequence' | 'faceId'>

/** Where collections are: each account has its own in each region. */
export interface Place {
  readonly account: string
  readonly region: string
}

export interface NewCollection {
  readonly id: string
  /** Epoch ms. */
  readonly createdAt: number
  readonly tags: Readonly<Record<string, string>>
}

/** The faces of one collection, in the order in which they came. */
export class Collection {
  readonly id: string
  /** Epoch ms. */
  readonly createdAt: number
  readonly tags: Readonly<Record<string, string>>
  /** Counts up through all collections, so that one which takes another's name is not taken for it. */
  readonly sequence: number
  readonly #faces = new Map<string, StoredFace>()
  /** The id of each face by what makes it the same as another. */
  readonly #ids = new Map<string, string>()
  #added = 0

  constructor ({ id, createdAt, tags }: NewCollection, sequence: number) {
    this.id = id
    this.createdAt = createdAt
    this.tags = tags
    this.sequence = sequence
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
   * Stores faces, all or none, and gives them as they are stored: the same face of the same image under the same
   * external id is stored once.
   * @param most  how many faces the collection may have
   * @throws ServiceQuotaExceededException
   */
  add (faces: readonly NewFace[], most: number): StoredFace[] {
    const added = new Set(faces.map(sameness).filter((same) => !this.#ids.has(same)))
    if (this.size + added.size > most) throw collectionFull(this.id)
    return faces.map((face) => this.#find(face) ?? this.#store(face))
  }

  /** @returns whether it was there */
  delete (faceId: string): boolean {
    const face = this.#faces.get(faceId)
    if (face) this.#ids.delete(sameness(face))
    return this.#faces.delete(faceId)
  }

  #find (face: NewFace): StoredFace | undefined {
    const id = this.#ids.get(sameness(face))
    return id === undefined ? undefined : this.#faces.get(id)
  }

  #store (face: NewFace): StoredFace {
    const stored = { ...face, sequence: ++this.#added, faceId: randomUUID() }
    this.#faces.set(stored.faceId, stored)
    this.#ids.set(sameness(face), stored.faceId)
    return stored
  }
}

/** Who it is belongs to it, since that can be arranged anew for an image. */
function sameness ({ imageId, externalImageId, boundingBox, identity }: NewFace): string {
  return JSON.stringify([imageId, externalImageId, boundingBox, 'person' in identity ? identity.person : identity.ordinal])
}

/** All collections of an emulator, in memory. */
export class CollectionStore {
  readonly #places = new Map<string, Map<string, Collection>>()
  #created = 0

  /** @throws ResourceAlreadyExistsException */
  create (place: Place, collection: NewCollection): Collection {
    const collections = this.#in(place)
    if (collections.has(collection.id)) throw collectionExists(collection.id)
    const created = new Collection(collection, ++this.#created)
    collections.set(created.id, created)
    return created
  }

  /** @throws ResourceNotFoundException */
  get (place: Place, id: string): Collection {
    const collection = this.#places.get(nameOf(place))?.get(id)
    if (!collection) throw collectionNotFound(id)
    return collection
  }

  /** In the order in which they were created. */
  list (place: Place): Collection[] {
    return [...this.#places.get(nameOf(place))?.values() ?? []]
  }

  /** @throws ResourceNotFoundException */
  delete (place: Place, id: string): void {
    if (!this.#places.get(nameOf(place))?.delete(id)) throw collectionNotFound(id)
  }

  /** Drops the collections of one account, or all. */
  clear (account?: string): void {
    for (const name of this.#places.keys()) {
      if (account === undefined || name.startsWith(`${account}/`)) this.#places.delete(name)
    }
  }

  #in (place: Place): Map<string, Collection> {
    const name = nameOf(place)
    let collections = this.#places.get(name)
    if (!collections) this.#places.set(name, collections = new Map<string, Collection>())
    return collections
  }
}

const nameOf = ({ account, region }: Place): string => `${account}/${region}`
