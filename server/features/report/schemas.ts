import { Type, type Static, type TSchema } from 'typebox'
import type { ExactNumber } from '../../core/exact-json.ts'
import { IdSchema, page, pageQuery } from '../../core/schemas.ts'

// Names in snake case: the seed's clients use them.

/** ISO 8601, UTC: what sorts as text is then in order of time. */
const TimeSchema = Type.String({ format: 'date-time', pattern: 'Z$', examples: ['2026-03-01T12:00:00.000Z'] })
const NumberSchema = Type.Unsafe<ExactNumber>({ type: 'number' })
/** JSON by any name. What DynamoDB does not accept of it is reported by `preferencesFaults`. */
export type Preferences = Record<string, unknown>

/** The same, or null to take it away. */
const removable = <T extends TSchema>(schema: T) => Type.Unsafe<Static<T> | null>({ ...schema, type: [(schema as { type?: string }).type, 'null'] })

const profile = {
  name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
  email: Type.String({ format: 'email', maxLength: 320 }),
  avatar_url: Type.String({ format: 'uri', maxLength: 2048, pattern: '^https?://' }),
  preferences: Type.Unsafe<Preferences>({ type: 'object', additionalProperties: true, description: 'Any JSON object of up to 10 KB; stored as a map' }),
}

export const UserSchema = Type.Object({
  user_id: IdSchema,
  ...Type.Partial(Type.Object(profile)).properties,
  created_at: TimeSchema,
  updated_at: TimeSchema,
}, { additionalProperties: false })
export type User = Static<typeof UserSchema>

export const UpdateUserSchema = Type.Partial(Type.Object({
  name: removable(profile.name),
  email: removable(profile.email),
  avatar_url: removable(profile.avatar_url),
  preferences: removable(profile.preferences),
}), { additionalProperties: false, minProperties: 1, examples: [{ name: 'Ada Lovelace', preferences: { theme: 'dark' } }] })
export type UserChanges = Static<typeof UpdateUserSchema>

const DAY_OR_TIME = '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})?)?$'

const title = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S', examples: ['Test Report'] })
const described = {
  author: Type.String({ minLength: 1, maxLength: 200 }),
  date: Type.String({ minLength: 1, maxLength: 40, pattern: DAY_OR_TIME, description: 'A day or a time, in ISO 8601', examples: ['2026-03-01'] }),
  reference: Type.String({ minLength: 1, maxLength: 2000 }),
}
/** The seed names it, and says no more of it. */
const favorites = Type.Unsafe<string[] | boolean | ExactNumber>({
  type: ['array', 'boolean', 'number'], items: IdSchema, maxItems: 1000, description: 'Ids, a count, or a flag',
})

export const ReportSchema = Type.Object({
  id: IdSchema,
  user_id: IdSchema,
  title,
  ...Type.Partial(Type.Object({ ...described, favorites })).properties,
  version: Type.Optional(Type.Integer({ minimum: 0, maximum: 1e15 - 1, description: 'Counts the writes. In quotation marks, it is the ETag' })),
  created_at: TimeSchema,
  updated_at: TimeSchema,
}, { additionalProperties: false })
export type Report = Static<typeof ReportSchema>

/** A whole report: what a PUT does not send is gone. */
export const WriteReportSchema = Type.Object({
  title,
  ...Type.Partial(Type.Object({ ...described, favorites })).properties,
}, { additionalProperties: false, examples: [{ title: 'Test Report', author: 'Ada Lovelace', date: '2026-03-01', favorites: ['p-1'] }] })
export type ReportContent = Static<typeof WriteReportSchema>

export const PatchReportSchema = Type.Partial(Type.Object({
  title,
  author: removable(described.author),
  date: removable(described.date),
  reference: removable(described.reference),
  favorites: Type.Unsafe<Static<typeof favorites> | null>({ ...favorites, type: ['array', 'boolean', 'number', 'null'] }),
}), { additionalProperties: false, minProperties: 1, examples: [{ title: 'Final Report', reference: null }] })
export type ReportChanges = Static<typeof PatchReportSchema>

export const ReportPageSchema = page(ReportSchema)
export const ReportParamsSchema = Type.Object({ id: IdSchema })
/** Other headers are none of the schema's business. */
export const ConditionSchema = Type.Object({
  'if-match': Type.Optional(Type.String({ description: 'The ETag of the report when it was read; 412 if it has changed since' })),
})
export const ReadConditionSchema = Type.Object({
  'if-none-match': Type.Optional(Type.String({ description: 'ETags that the client has; 304 if the report still has one of them' })),
})
export const ConfirmedSchema = Type.Object({ id: IdSchema })

export const MOST_DIMENSIONS = 4096

export const VectorSchema = Type.Array(NumberSchema, { minItems: 1, maxItems: MOST_DIMENSIONS })

export const EmbeddingSchema = Type.Object({
  product_id: IdSchema,
  model_version: IdSchema,
  embedding_vector: VectorSchema,
  vector_dimension: Type.Integer({ minimum: 1, maximum: MOST_DIMENSIONS }),
  created_at: TimeSchema,
}, { additionalProperties: false })
export type Embedding = Static<typeof EmbeddingSchema>

export const WriteEmbeddingSchema = Type.Object({ model_version: IdSchema, embedding_vector: VectorSchema }, {
  additionalProperties: false, examples: [{ model_version: 'v1', embedding_vector: [0.25, -0.5, 1] }],
})

export const EmbeddingPageSchema = page(EmbeddingSchema)
export const EmbeddingParamsSchema = Type.Object({ productId: IdSchema })
export const QueryEmbeddingsSchema = Type.Object({ model_version: IdSchema, ...pageQuery(100) }, { additionalProperties: false })
export const QuerySimilarSchema = Type.Object({
  k: Type.Integer({ minimum: 1, maximum: 100, default: 10, description: 'How many to return' }),
}, { additionalProperties: false })
export const DeletedEmbeddingSchema = Type.Object({ product_id: IdSchema })

export const SimilarSchema = Type.Object({
  product_id: IdSchema,
  model_version: IdSchema,
  compared: Type.Integer({ minimum: 0, description: 'Other embeddings of the model' }),
  similar: Type.Array(Type.Object({
    product_id: IdSchema,
    similarity: Type.Number({ minimum: -1, maximum: 1, description: 'Cosine; 0 where a vector is all zeros' }),
  }), { description: 'The most similar first' }),
})
export type Similar = Static<typeof SimilarSchema>

export const ModelSchema = Type.Object({ model_version: IdSchema }, { additionalProperties: false, examples: [{ model_version: 'v1' }] })

export const MatrixSchema = Type.Object({
  model_version: IdSchema,
  count: Type.Integer({ minimum: 1, description: 'Number of rows and columns' }),
  bucket: Type.String(),
  matrix_key: Type.String({ description: 'JSON: model_version, created_at, product_ids, and the matrix, rounded to 6 digits' }),
  heat_map_key: Type.String({ description: 'PNG: rows and columns in the same order' }),
})
export type MatrixKeys = Static<typeof MatrixSchema>
