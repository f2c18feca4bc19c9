import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer } from '../../../core/answer.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { InvalidPageToken, type PageTokens } from '../../../core/page-token.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import { DimensionDiffers, EmbeddingNotFound } from '../errors.ts'
import { EMBEDDING, PAGE_TOKEN } from '../examples.ts'
import type { ReportParts } from '../report.ts'
import {
  DeletedEmbeddingSchema, EmbeddingPageSchema, EmbeddingParamsSchema, EmbeddingSchema, QueryEmbeddingsSchema, WriteEmbeddingSchema, type Embedding,
} from '../schemas.ts'
import { ME } from './me.ts'

const STORED = 'Embedding stored successfully'
const RETRIEVED = 'Embedding retrieved successfully'
const DELETED = 'Embedding deleted successfully'

const { product_id: productId } = EMBEDDING
const badId = new ValidationFailed([{ path: 'params.productId', reason: 'must NOT have more than 256 characters' }])
const badNumber = new ValidationFailed([{ path: 'body.embedding_vector.0', reason: 'must have at most 38 significant digits' }])
const busy = new StoreBusy('Table k9-embeddings-dev')

/** Vectors of products, which have no owner: any token may read and write them. */
export const embeddingRoutes: FastifyPluginAsyncTypebox<Pick<ReportParts, 'embeddings' | 'now'> & { pageTokens: PageTokens }> = async (api, { embeddings, now, pageTokens }) => {
  api.put('/embeddings/:productId', {
    config: ME,
    schema: {
      summary: 'Store the embedding of a product',
      description: 'Access pattern: store an embedding. One GetItem of the model\'s dimension, 0.5 RCU, and one PutItem, 1 WCU for each KB and the same ' +
        'for the index; the first of a model also sets its dimension, 0.5 RCU and 1 WCU. It replaces an existing one. Numbers keep their 38 digits, so ' +
        'the largest vector takes 88 KB of the 400 KB that DynamoDB allows.',
      tags: ['embeddings'],
      params: EmbeddingParamsSchema,
      body: WriteEmbeddingSchema,
      response: {
        200: success(EmbeddingSchema, { message: STORED, data: EMBEDDING }),
        ...errorResponses(badId, badNumber, new DimensionDiffers(4, 'v1', 3), 413, 415, busy),
      },
    },
  }, async ({ params: { productId }, body }) => {
    const embedding: Embedding = { product_id: productId, ...body, vector_dimension: body.embedding_vector.length, created_at: now() }
    await embeddings.put(embedding)
    return answer(STORED, embedding)
  })

  api.get('/embeddings/:productId', {
    config: ME,
    schema: {
      summary: 'The embedding of a product',
      description: 'Access pattern: one embedding. One GetItem, 0.5 RCU for each 4 KB.',
      tags: ['embeddings'],
      params: EmbeddingParamsSchema,
      response: { 200: success(EmbeddingSchema, { message: RETRIEVED, data: EMBEDDING }), ...errorResponses(badId, new EmbeddingNotFound(productId), busy) },
    },
  }, async ({ params: { productId } }) => {
    const embedding = await embeddings.get(productId)
    if (!embedding) throw new EmbeddingNotFound(productId)
    return answer(RETRIEVED, embedding)
  })

  api.delete('/embeddings/:productId', {
    config: ME,
    schema: {
      summary: 'Delete the embedding of a product',
      description: 'Access pattern: delete an embedding. One conditional DeleteItem, 1 WCU for each KB, and the same for the index.',
      tags: ['embeddings'],
      params: EmbeddingParamsSchema,
      response: {
        200: success(DeletedEmbeddingSchema, { message: DELETED, data: { product_id: productId } }),
        ...errorResponses(badId, new EmbeddingNotFound(productId), busy),
      },
    },
  }, async ({ params: { productId } }) => {
    if (!await embeddings.remove(productId)) throw new EmbeddingNotFound(productId)
    return answer(DELETED, { product_id: productId })
  })

  api.get('/embeddings', {
    config: ME,
    schema: {
      summary: 'The embeddings of a model, oldest first',
      description: 'Access pattern: embeddings of a model. One Query on ModelVersionIndex a page, 0.5 RCU for each 4 KB. A page ends at 1 MB, ' +
        'and then is shorter than its limit.',
      tags: ['embeddings'],
      querystring: QueryEmbeddingsSchema,
      response: {
        200: success(EmbeddingPageSchema, { message: 'Retrieved 1 embeddings', data: { count: 1, data: [EMBEDDING], lastEvaluatedKey: PAGE_TOKEN } }),
        ...errorResponses(new ValidationFailed([{ path: 'query.model_version', reason: 'is required' }]), new InvalidPageToken(), busy),
      },
    },
  }, async ({ query: { model_version: model, limit, lastEvaluatedKey } }) => {
    const scope = `embeddings/${model}`
    const { items, lastKey } = await embeddings.listByModel({ model, limit, startKey: pageTokens.decode(scope, lastEvaluatedKey) })
    return answer(`Retrieved ${items.length} embeddings`, { count: items.length, data: items, lastEvaluatedKey: pageTokens.encode(scope, lastKey) })
  })
}
