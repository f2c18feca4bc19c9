import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Clock } from '../../../core/clock.ts'
import { withTable } from '../../../core/errors.ts'
import type { PageKey } from '../../../core/page-token.ts'
import { DimensionDiffers, ModelContended } from '../errors.ts'
import type { Embedding } from '../schemas.ts'
import { MODEL_VERSION_INDEX } from '../tables.ts'

const MOST_ATTEMPTS = 5

/** For so long the request that settled a dimension may still be about to store the embedding. Longer than a request takes. */
const SETTLED_FOR_MS = 60_000

/** What an embedding says of its model. */
export type Dimensioned = Pick<Embedding, 'product_id' | 'model_version' | 'vector_dimension'>

/** The dimension of a model's vectors, and since when (epoch ms). */
interface Settled { vector_dimension: number, settled_at: number }

/** Embeddings: the feature's only caller of the table `k9-embeddings-{env}`. */
export function createEmbeddings (documents: DynamoDBDocumentClient, { table, clock }: { table: string, clock: Clock }) {
  const run = <T>(call: () => Promise<T>) => withTable(table, call)

  async function settledOf (model: string): Promise<Settled | undefined> {
    const { Item } = await run(() => documents.send(new GetCommand({ TableName: table, Key: { product_id: dimensionKey(model) } })))
    return Item as Settled | undefined // only settle() writes it
  }

  /** Sets the dimension of a model on condition that it is unchanged since `before` was read. */
  async function settle (model: string, dimension: number, before: Settled | undefined): Promise<boolean> {
    try {
      await run(() => documents.send(new UpdateCommand({
        TableName: table,
        Key: { product_id: dimensionKey(model) },
        UpdateExpression: 'SET vector_dimension = :dimension, settled_at = :now',
        ConditionExpression: before ? 'settled_at = :before' : 'attribute_not_exists(product_id)',
        ExpressionAttributeValues: { ':dimension': dimension, ':now': clock.now(), ...before && { ':before': before.settled_at } },
      })))
      return true
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false
      throw error
    }
  }

  /** The dimension of another embedding of the model; `undefined` when there is none. */
  async function othersDimension (model: string, productId: string): Promise<number | undefined> {
    const { Items = [] } = await run(() => documents.send(new QueryCommand({
      TableName: table,
      IndexName: MODEL_VERSION_INDEX,
      KeyConditionExpression: 'model_version = :model',
      ExpressionAttributeValues: { ':model': model },
      ProjectionExpression: 'product_id, vector_dimension',
      Limit: 2,
    })))
    return (Items as Dimensioned[]).find(({ product_id: other }) => other !== productId)?.vector_dimension // as it was projected
  }

  const embeddings = {
    /** Access pattern "one embedding": one GetItem. */
    async get (productId: string): Promise<Embedding | undefined> {
      const { Item } = await run(() => documents.send(new GetCommand({ TableName: table, Key: { product_id: productId } })))
      return Item as Embedding | undefined // only this and imports write here, and both check
    },

    /**
     * Ensures that all vectors of a model have one dimension: the first to be stored settles it, in an item of its own
     * that no id reaches. It costs one GetItem; the first of a model also one Query and one UpdateItem. Where the model has
     * no other embedding, another dimension may take its place a minute after it was settled.
     *
     * @throws {@link DimensionDiffers} (400)
     */
    async requireDimension ({ product_id: productId, model_version: model, vector_dimension: dimension }: Dimensioned): Promise<void> {
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        const settled = await settledOf(model)
        if (settled?.vector_dimension === dimension) return
        const isNew = settled !== undefined && clock.now() - settled.settled_at < SETTLED_FOR_MS
        const others = isNew ? settled.vector_dimension : await othersDimension(model, productId)
        if (others !== undefined && others !== dimension) throw new DimensionDiffers(dimension, model, others)
        if (await settle(model, dimension, settled)) return
      }
      throw new ModelContended(model)
    },

    /** Access pattern "store an embedding": the model's dimension, and one PutItem. */
    async put (embedding: Embedding): Promise<void> {
      await embeddings.requireDimension(embedding)
      await run(() => documents.send(new PutCommand({ TableName: table, Item: embedding })))
    },

    /** Access pattern "delete an embedding": one conditional DeleteItem. `false` when there is none. */
    async remove (productId: string): Promise<boolean> {
      try {
        await run(() => documents.send(new DeleteCommand({
          TableName: table, Key: { product_id: productId }, ConditionExpression: 'attribute_exists(product_id)',
        })))
        return true
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false
        throw error
      }
    },

    /** Access pattern "embeddings of a model": one Query on ModelVersionIndex a page, oldest first. */
    async listByModel (query: { model: string, limit?: number, startKey?: PageKey }): Promise<{ items: Embedding[], lastKey?: PageKey }> {
      const { Items = [], LastEvaluatedKey } = await run(() => documents.send(new QueryCommand({
        TableName: table,
        IndexName: MODEL_VERSION_INDEX,
        KeyConditionExpression: 'model_version = :model',
        ExpressionAttributeValues: { ':model': query.model },
        Limit: query.limit,
        ExclusiveStartKey: query.startKey,
      })))
      return { items: Items as Embedding[], lastKey: LastEvaluatedKey } // see get()
    },

    /** Part of "similar products" and "similarity matrix": all embeddings of a model, by pages of 1 MB. */
    async * ofModel (model: string): AsyncGenerator<Embedding[]> {
      let startKey: PageKey | undefined
      do {
        const { items, lastKey } = await embeddings.listByModel({ model, startKey })
        yield items
        startKey = lastKey
      } while (startKey)
    },
  }
  return embeddings
}

export type Embeddings = ReturnType<typeof createEmbeddings>

/** The key of the item that holds a model's dimension. Product ids have no control characters, so that none is such a key. */
const dimensionKey = (model: string): string => `model\u001f${model}`
