import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { withTable } from '../../../core/errors.ts'
import type { PageKey } from '../../../core/page-token.ts'
import { DimensionDiffers, ModelContended } from '../errors.ts'
import type { Embedding } from '../schemas.ts'
import { MODEL_VERSION_INDEX } from '../tables.ts'

const MOST_ATTEMPTS = 5

/** What an embedding says of its model. */
export type Dimensioned = Pick<Embedding, 'product_id' | 'model_version' | 'vector_dimension'>

/** Embeddings: the feature's only caller of the table `k9-embeddings-{env}`. */
export function createEmbeddings (documents: DynamoDBDocumentClient, table: string) {
  const run = <T>(call: () => Promise<T>) => withTable(table, call)

  async function dimensionOf (model: string): Promise<number | undefined> {
    const { Item } = await run(() => documents.send(new GetCommand({ TableName: table, Key: { product_id: dimensionKey(model) } })))
    return Item?.vector_dimension as number | undefined // only settle() writes it
  }

  /** Sets the dimension of a model on condition that it is still `before`. */
  async function settle (model: string, dimension: number, before: number | undefined): Promise<boolean> {
    try {
      await run(() => documents.send(new UpdateCommand({
        TableName: table,
        Key: { product_id: dimensionKey(model) },
        UpdateExpression: 'SET vector_dimension = :dimension',
        ConditionExpression: before === undefined ? 'attribute_not_exists(vector_dimension)' : 'vector_dimension = :before',
        ExpressionAttributeValues: { ':dimension': dimension, ...before !== undefined && { ':before': before } },
      })))
      return true
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false
      throw error
    }
  }

  /** Has the model embeddings of other products? */
  async function hasOthers (model: string, productId: string): Promise<boolean> {
    const { Items = [] } = await run(() => documents.send(new QueryCommand({
      TableName: table,
      IndexName: MODEL_VERSION_INDEX,
      KeyConditionExpression: 'model_version = :model',
      ExpressionAttributeValues: { ':model': model },
      ProjectionExpression: 'product_id',
      Limit: 2,
    })))
    return Items.some(({ product_id: other }) => other !== productId)
  }

  const embeddings = {
    /** Access pattern "one embedding": one GetItem. */
    async get (productId: string): Promise<Embedding | undefined> {
      const { Item } = await run(() => documents.send(new GetCommand({ TableName: table, Key: { product_id: productId } })))
      return Item as Embedding | undefined // only this and imports write here, and both check
    },

    /**
     * Sees to it that all vectors of a model have one dimension: the first to be stored sets it, in an item of its own
     * that no id reaches. It costs one GetItem, and one UpdateItem the first time. While the model has no other
     * embedding, another dimension may take its place.
     *
     * @throws {@link DimensionDiffers} (400)
     */
    async requireDimension ({ product_id: productId, model_version: model, vector_dimension: dimension }: Dimensioned): Promise<void> {
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        const settled = await dimensionOf(model)
        if (settled === dimension) return
        if (settled !== undefined && await hasOthers(model, productId)) throw new DimensionDiffers(dimension, model, settled)
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

/** Begins the keys of the items that hold a model's dimension. Ids have no `#`. */
export const DIMENSION_PREFIX = 'model#'

const dimensionKey = (model: string): string => `${DIMENSION_PREFIX}${model}`
