import { Type, type Static } from 'typebox'
import { IdSchema, TimeSchema, choice, page, pageQuery } from '../../core/schemas.ts'

/** A key in the default bucket, or `s3://bucket/key`. The object store judges the rest of it. */
export const ImageKeySchema = Type.String({
  minLength: 1,
  maxLength: 1100,
  description: 'A key in the default bucket, or s3://bucket/key',
  examples: ['demo/ada-again.jpg'],
})
const NameSchema = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', examples: ['Ada Lovelace'] })
const Fraction = Type.Number({ minimum: 0, maximum: 1 })
const Percent = Type.Number({ minimum: 0, maximum: 100 })

export const ValidationStatusSchema = choice(['success', 'failed', 'pending'])
export const QualitySchema = choice(['HIGH', 'MEDIUM', 'LOW'])
export type Quality = Static<typeof QualitySchema>

/** Rekognition's emotions, lower-cased, as fractions. */
const EmotionsSchema = Type.Partial(Type.Object({
  happy: Fraction,
  sad: Fraction,
  angry: Fraction,
  confused: Fraction,
  disgusted: Fraction,
  surprised: Fraction,
  calm: Fraction,
  fear: Fraction,
  unknown: Fraction,
}), { additionalProperties: false })

const AttributesSchema = Type.Partial(Type.Object({
  age: Type.Number({ minimum: 0, maximum: 150, description: 'The middle of Rekognition\'s age range' }),
  gender: Type.String({ minLength: 1, maxLength: 20 }),
  emotions: EmotionsSchema,
  smile: Type.Boolean(),
  eyeglasses: Type.Boolean(),
  sunglasses: Type.Boolean(),
  beard: Type.Boolean(),
  mustache: Type.Boolean(),
  eyesOpen: Type.Boolean(),
  mouthOpen: Type.Boolean(),
  occluded: Type.Boolean(),
}), { additionalProperties: false })

/** The members of a face record that may be changed. */
const changeable = {
  name: NameSchema,
  validationStatus: ValidationStatusSchema,
  confidence: Type.Number({ minimum: 0, maximum: 100, description: 'Rekognition\'s similarity' }),
  quality: QualitySchema,
  faceImageKey: ImageKeySchema,
  storedFaceKey: ImageKeySchema,
  comparisonResult: Type.Object({ similarity: Fraction, isMatch: Type.Boolean() }, { additionalProperties: false }),
  attributes: AttributesSchema,
  metadata: Type.Object({
    source: Type.String({ minLength: 1, maxLength: 200 }),
    ipAddress: Type.String({ minLength: 1, maxLength: 64 }),
    eventId: IdSchema,
  }, { additionalProperties: false }),
}

const FaceVectorSchema = Type.Array(Type.Number({ minimum: -100, maximum: 100 }), {
  maxItems: 1024,
  description: 'The face\'s landmarks within its bounding box: x0, y0, x1, y1, ...',
})

/** The one record of a user (seed 001). */
export const FaceRecordSchema = Type.Object({
  userId: IdSchema,
  faceId: IdSchema,
  ...changeable,
  faceVector: Type.Optional(FaceVectorSchema),
  timestamp: TimeSchema,
  createdAt: TimeSchema,
  updatedAt: TimeSchema,
  expiresAt: Type.Optional(Type.Integer({ description: 'Epoch seconds at which the record expires; only with FACE_RECORD_TTL_DAYS' })),
})
export type FaceRecord = Static<typeof FaceRecordSchema>

/** Unknown members, and those that identify or date the record, are refused. */
export const UpdateFaceRecordSchema = Type.Partial(
  Type.Object({ ...changeable, faceVector: FaceVectorSchema }),
  { additionalProperties: false, minProperties: 1, examples: [{ validationStatus: 'success', confidence: 97.5, quality: 'HIGH' }] }
)
export type FaceRecordChanges = Static<typeof UpdateFaceRecordSchema>

/** The members that users may change of their own record. The others are results of the comparison. */
export const OWN_CHANGES: ReadonlySet<string> = new Set<keyof FaceRecordChanges>(['name', 'metadata'])

export const FaceRecordPageSchema = page(FaceRecordSchema)
export const QueryFaceRecordsSchema = Type.Object({
  ...pageQuery(100),
  include: Type.Optional(choice(['faceVector'])),
}, { additionalProperties: false })

export const UserParamsSchema = Type.Object({ userId: IdSchema })
export const RegistrationParamsSchema = Type.Object({ registrationId: IdSchema })
export const EventParamsSchema = Type.Object({ eventId: IdSchema })

const Count = Type.Integer({ minimum: 0 })

export const EventSchema = Type.Object({
  eventId: IdSchema,
  name: NameSchema,
  capacity: Type.Integer({ minimum: 1 }),
  registeredCount: Count,
  waitlistedCount: Count,
  createdAt: TimeSchema,
  updatedAt: TimeSchema,
})
export type Event = Static<typeof EventSchema>

export const EventPageSchema = page(EventSchema)

export const CreateEventSchema = Type.Object({
  name: NameSchema,
  capacity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
}, { additionalProperties: false, examples: [{ name: 'Analytical Engine Day', capacity: 10 }] })

export const RegistrationStatusSchema = choice(['registered', 'waitlisted', 'cancelled'])
export type RegistrationStatus = Static<typeof RegistrationStatusSchema>

export const RegistrationSchema = Type.Object({
  registrationId: IdSchema,
  userId: IdSchema,
  eventId: IdSchema,
  name: NameSchema,
  status: RegistrationStatusSchema,
  storedFaceKey: Type.Optional(ImageKeySchema),
  ticketId: Type.Optional(IdSchema),
  faceId: Type.Optional(IdSchema),
  verifiedAt: Type.Optional(TimeSchema),
  promotedAt: Type.Optional(TimeSchema),
  cancelledAt: Type.Optional(TimeSchema),
  createdAt: TimeSchema,
  updatedAt: TimeSchema,
})
export type Registration = Static<typeof RegistrationSchema>

export const CreateRegistrationSchema = Type.Object({
  userId: IdSchema,
  eventId: IdSchema,
  name: NameSchema,
  storedFaceKey: Type.Optional(ImageKeySchema),
}, { additionalProperties: false, examples: [{ userId: 'user123', eventId: 'event456', name: 'Ada Lovelace', storedFaceKey: 'demo/ada.jpg' }] })
export type CreateRegistration = Static<typeof CreateRegistrationSchema>

export const CancellationSchema = Type.Object({
  registrationId: IdSchema,
  status: choice(['cancelled']),
  promotedRegistrationId: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Who got the place from the waiting list' }),
})

export const RegistrationPageSchema = page(RegistrationSchema)
export const QueryRegistrationsSchema = Type.Object({
  ...pageQuery(100),
  status: Type.Optional(RegistrationStatusSchema),
}, { additionalProperties: false })

/** The body of a validation, and of a stored face that is named rather than uploaded. */
export const FaceImageSchema = Type.Object({ faceImageKey: ImageKeySchema }, { additionalProperties: false, examples: [{ faceImageKey: 'demo/ada-again.jpg' }] })

export const MatchSchema = Type.Object({
  success: Type.Boolean(),
  confidence: Percent,
  quality: QualitySchema,
  faceId: IdSchema,
  ticketId: IdSchema,
})

export const MismatchSchema = Type.Object({
  success: Type.Boolean(),
  confidence: Type.Number({ minimum: 0, maximum: 100, description: 'The similarity that was too low; 0 when there is no face' }),
  quality: Type.Unsafe<Quality>({ ...QualitySchema, description: 'LOW when there is no face' }),
  reason: choice(['FACES_DO_NOT_MATCH', 'NO_FACE_FOUND']),
})
