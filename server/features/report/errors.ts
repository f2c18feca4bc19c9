import { apiError } from '../../core/errors.ts'

export const ProfileNotFound = apiError('USER_NOT_FOUND', 'There is no profile for %s. Create one with PUT /api/users/me', 404)

export const ReportNotFound = apiError('REPORT_NOT_FOUND', 'No report found for id: %s', 404)
export const ReportChanged = apiError('REPORT_CHANGED', 'Report %s does not match If-Match. Its ETag is %s: read it again', 412)
export const InvalidIfMatch = apiError('INVALID_IF_MATCH', 'If-Match must be *, or ETags separated by commas, such as "3"', 400)

export const EmbeddingNotFound = apiError('EMBEDDING_NOT_FOUND', 'No embedding found for product_id: %s', 404)
export const DimensionDiffers = apiError('DIMENSION_DIFFERS', 'The vector has %s numbers; the vectors of model %s have %s', 400)
/** Others set the dimension of the same model all the time. */
export const ModelContended = apiError('MODEL_CONTENDED', 'The dimension of model %s is changing too quickly. Try again', 503, { 'retry-after': '1' })
export const ModelNotFound = apiError('MODEL_NOT_FOUND', 'There are no embeddings of model %s', 404)
export const ModelTooLarge = apiError('MODEL_TOO_LARGE', 'Model %s has too many embeddings to compare: %s', 413)
