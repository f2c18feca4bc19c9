import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { BucketMissing } from '../../../aws/object-store.ts'
import { answer } from '../../../core/answer.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import { EmbeddingNotFound, ModelNotFound, ModelTooLarge } from '../errors.ts'
import { EMBEDDING } from '../examples.ts'
import type { ReportParts } from '../report.ts'
import { EmbeddingParamsSchema, MatrixSchema, ModelSchema, QuerySimilarSchema, SimilarSchema } from '../schemas.ts'
import { ME } from './me.ts'

const COMPARED = 'Similar products retrieved successfully'
const WRITTEN = 'Similarity matrix written successfully'

const { product_id: productId, model_version: model } = EMBEDDING
const tooLarge = new ModelTooLarge(model, 'a matrix has at most 1000 rows')
const busy = new StoreBusy('Table k9-embeddings-dev')

/** The similarity of a model's products. */
export const similarityRoutes: FastifyPluginAsyncTypebox<Pick<ReportParts, 'similarity'>> = async (api, { similarity }) => {
  api.get('/embeddings/:productId/similar', {
    config: ME,
    schema: {
      summary: 'The products most similar to one',
      description: 'Access pattern: similar products. One GetItem, and a Query on ModelVersionIndex in pages of 1 MB, of at most 100 MB: ' +
        '0.5 RCU for each 4 KB. Compared by the cosine of the angle between their vectors, in double precision.',
      tags: ['embeddings'],
      params: EmbeddingParamsSchema,
      querystring: QuerySimilarSchema,
      response: {
        200: success(SimilarSchema, { message: COMPARED, data: { product_id: productId, model_version: model, compared: 1, similar: [{ product_id: 'p-2', similarity: 0.97 }] } }),
        ...errorResponses(new ValidationFailed([{ path: 'query.k', reason: 'must be <= 100' }]), new EmbeddingNotFound(productId), new ModelTooLarge(model, '100 MB'), busy),
      },
    },
  }, async ({ params, query: { k } }) => answer(COMPARED, await similarity.similar(params.productId, k)))

  api.post('/embeddings/similarity-matrix', {
    config: ME,
    schema: {
      summary: 'Write the similarity of all products of a model',
      description: 'Access pattern: similarity matrix. A Query on ModelVersionIndex in pages of 1 MB, 0.5 RCU for each 4 KB, and two objects: ' +
        'the matrix as JSON, and as a heat map beside it. A matrix of the same model is replaced.',
      tags: ['embeddings'],
      body: ModelSchema,
      response: {
        200: success(MatrixSchema, {
          message: WRITTEN,
          data: { model_version: model, count: 2, bucket: 'sandtable', matrix_key: 'similarity/v1.json', heat_map_key: 'similarity/v1.png' },
        }),
        ...errorResponses(new ValidationFailed([{ path: 'body.model_version', reason: 'is required' }]), new ModelNotFound(model), tooLarge, 415, busy, new BucketMissing('sandtable')),
      },
    },
  }, async ({ body: { model_version: version } }) => answer(WRITTEN, await similarity.matrix(version)))
}
