import { Type, type Static } from 'typebox'
import { IdSchema, TimeSchema, page, pageQuery, choice } from '../../core/schemas.ts'
import { FaceRecordSchema, QualitySchema, ValidationStatusSchema } from './schemas.ts'

/** How long the history design keeps a validation. */
export const HISTORY_DAYS = 30
const MINUTES_A_DAY = 1440

const Percent = Type.Number({ minimum: 0, maximum: 100 })
const Count = Type.Integer({ minimum: 0 })

/** The members of an attempt, successful or not, that count. */
export const AttemptSchema = Type.Object({
  timestamp: TimeSchema,
  validationStatus: ValidationStatusSchema,
  confidence: Percent,
  quality: QualitySchema,
})
export type Attempt = Static<typeof AttemptSchema>

const { userId, timestamp, validationStatus, ...others } = FaceRecordSchema.properties

/**
 * The validation of a registration (seed 000): its latest successful attempt, or its latest if none succeeded, with values over all
 * attempts. A failed one has no face id, one without a face has no landmarks, and the one-record design lacks some values, so few
 * members are required.
 */
export const FaceValidationSchema = Type.Object({
  userId,
  registrationId: Type.Optional(IdSchema),
  eventId: Type.Optional(IdSchema),
  timestamp,
  validationStatus,
  ...Type.Partial(Type.Object(others)).properties,
  attempts: Type.Optional(Type.Array(AttemptSchema, { description: 'Of this registration in the last 30 days, oldest first' })),
})
export type FaceValidation = Static<typeof FaceValidationSchema>

/** A validation as the history design stores it. */
export type StoredValidation = FaceValidation & { registrationId: string, eventId: string, attempts: Attempt[], expiresAt: number }

export const FaceValidationPageSchema = page(FaceValidationSchema)
/** A page as seed 000 has it: `count` and `data` beside `status`. */
export const SeedPageSchema = (example: { message: string } & Static<typeof FaceValidationPageSchema>) => Type.Object({
  status: choice(['success']), message: Type.String(), ...FaceValidationPageSchema.properties,
}, { description: 'Done', examples: [{ status: 'success', ...example }] })

export const QueryFaceValidationsSchema = Type.Object({
  ...pageQuery(100),
  include: Type.Optional(choice(['faceVector'])),
}, { additionalProperties: false })

export const ValidationParamsSchema = Type.Object({ userId: IdSchema, registrationId: IdSchema })

export const QueryRecentSchema = Type.Object({
  minutes: Type.Integer({ minimum: 1, maximum: HISTORY_DAYS * MINUTES_A_DAY, default: 60, description: 'How far back to look' }),
}, { additionalProperties: false })

export const RecentSchema = Type.Object({
  userId: IdSchema,
  minutes: Type.Integer(),
  hasRecentValidation: Type.Boolean({ description: 'Whether there was an attempt, successful or not' }),
  latest: Type.Unsafe<Pick<FaceValidation, 'registrationId' | 'validationStatus' | 'timestamp'> | null>({
    ...Type.Object({
      registrationId: Type.Optional(IdSchema),
      validationStatus: ValidationStatusSchema,
      timestamp: TimeSchema,
    }),
    type: ['object', 'null'],
    description: 'The latest one',
  }),
})

const numberOrNull = (description: string) => Type.Unsafe<number | null>({ type: ['number', 'null'], minimum: 0, maximum: 100, description })
const timeOrNull = (description: string) => Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time', description })

export const ValidationStatsSchema = Type.Object({
  userId: IdSchema,
  total: Type.Integer({ minimum: 0, description: 'Attempts' }),
  succeeded: Count,
  failed: Count,
  pending: Count,
  successRate: numberOrNull('Percent of the attempts that succeeded; null before the first'),
  averageConfidence: numberOrNull('Mean over all attempts, 0 for one without a face; null before the first'),
  quality: Type.Object({ HIGH: Percent, MEDIUM: Percent, LOW: Percent }, { description: 'Percent of the attempts of each quality; all 0 before the first' }),
  firstValidationAt: timeOrNull('The earliest stored attempt'),
  lastValidationAt: timeOrNull('The latest'),
})
export type ValidationStats = Static<typeof ValidationStatsSchema>
