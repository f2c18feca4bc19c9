import { setImmediate as turn } from 'node:timers/promises'
import type { ObjectStore } from '../../aws/object-store.ts'
import type { Clock } from '../../core/clock.ts'
import { keyPart } from '../../core/ids.ts'
import { EmbeddingNotFound, ModelNotFound, ModelTooLarge } from './errors.ts'
import { heatMap } from './heat-map.ts'
import type { Embeddings } from './repositories/embeddings.ts'
import type { MatrixKeys, Similar } from './schemas.ts'
import { cosine, directionOf, Nearest, type Direction } from './similarity.ts'

/** Beyond these a request would take longer than it may. */
const MOST_PAGES = 100
const MOST_ROWS = 1000

const PRECISION = 1e6

export interface SimilarityOptions {
  embeddings: Embeddings
  objects: ObjectStore
  clock: Clock
}

/** Compares embeddings of one model by the cosine of their angle, computed in doubles. */
export function createSimilarity ({ embeddings, objects, clock }: SimilarityOptions) {
  /** Directions of a model's vectors, oldest first. */
  async function directionsOf (model: string): Promise<{ productIds: string[], directions: Direction[] }> {
    const productIds: string[] = []
    const directions: Direction[] = []
    for await (const page of embeddings.ofModel(model)) {
      for (const { product_id: id, embedding_vector: vector } of page) {
        productIds.push(id)
        directions.push(directionOf(vector))
      }
      if (productIds.length > MOST_ROWS) throw new ModelTooLarge(model, `a matrix has at most ${MOST_ROWS} rows`)
    }
    return { productIds, directions }
  }

  return {
    /**
     * Access pattern "similar products": reads all embeddings of the product's model.
     *
     * @throws 404 no such embedding; 413 more than 100 MB of embeddings
     */
    async similar (productId: string, k: number): Promise<Similar> {
      const embedding = await embeddings.get(productId)
      if (!embedding) throw new EmbeddingNotFound(productId)
      const { model_version: model, vector_dimension: dimension } = embedding
      const direction = directionOf(embedding.embedding_vector)
      const nearest = new Nearest<Similar['similar'][number]>(k)
      let compared = 0
      let pages = 0
      for await (const page of embeddings.ofModel(model)) {
        if (++pages > MOST_PAGES) throw new ModelTooLarge(model, `${MOST_PAGES} MB`)
        for (const { product_id: id, embedding_vector: vector } of page) {
          // A vector of another dimension, which only another program can have written, is similar to none of these.
          if (id === productId || vector.length !== dimension) continue
          compared += 1
          nearest.show({ product_id: id, similarity: cosine(direction, directionOf(vector)) })
        }
      }
      return { product_id: productId, model_version: model, compared, similar: nearest.best }
    },

    /**
     * Access pattern "similarity matrix": reads all embeddings of a model, and writes two objects.
     *
     * @throws 404 no embeddings of that model; 413 more than 1000 of them; 503 no bucket
     */
    async matrix (model: string): Promise<MatrixKeys> {
      const { productIds, directions } = await directionsOf(model)
      const count = productIds.length
      if (count === 0) throw new ModelNotFound(model)
      const rows: Float64Array[] = []
      const texts: string[] = []
      for (const one of directions) {
        const row = Float64Array.from(directions, (other) => Math.round(cosine(one, other) * PRECISION) / PRECISION)
        rows.push(row)
        texts.push(`[${row.join(',')}]`)
        // Others get their turn between rows: all of them can take seconds.
        await turn()
      }
      const about = JSON.stringify({ model_version: model, created_at: new Date(clock.now()).toISOString(), product_ids: productIds })
      const json = Buffer.from(`${about.slice(0, -1)},"matrix":[${texts.join(',')}]}\n`)
      const matrix = objects.parse(`similarity/${keyPart(model)}.json`)
      const map = objects.parse(`similarity/${keyPart(model)}.png`)
      await Promise.all([objects.put(matrix, json, 'application/json'), objects.put(map, await heatMap(rows), 'image/png')])
      return { model_version: model, count, bucket: matrix.bucket, matrix_key: matrix.key, heat_map_key: map.key }
    },
  }
}

export type Similarity = ReturnType<typeof createSimilarity>
