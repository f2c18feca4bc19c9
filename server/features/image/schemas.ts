import { Type, type Static } from 'typebox'
import { IdSchema, TimeSchema, choice, page, pageQuery } from '../../core/schemas.ts'

/** `img_` and a part of its own, so that no image can be taken for a profile. */
export const ImageIdSchema = Type.String({ maxLength: 128, pattern: '^img_[A-Za-z0-9_-]{1,124}$', examples: ['img_0mm7r4u801234567890abcdef'] })

export const ImageStatusSchema = choice(['pending', 'processing', 'completed', 'failed'])
export type ImageStatus = Static<typeof ImageStatusSchema>

/** What is taken, by content; animations are not. */
export const ImageTypeSchema = choice(['image/jpeg', 'image/png', 'image/webp'])
export type ImageType = Static<typeof ImageTypeSchema>

export const SizeNameSchema = choice(['small', 'medium', 'large'])
export type SizeName = Static<typeof SizeNameSchema>

const Side = Type.Integer({ minimum: 1 })
const SizeSchema = Type.Object({ width: Side, height: Side }, { additionalProperties: false })
export type Size = Static<typeof SizeSchema>

/** Printed on a picture, and so on one or a few lines. */
export const WatermarkTextSchema = Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\u0000-\\u001f\\u007f]*\\S[^\\u0000-\\u001f\\u007f]*$', examples: ['John\'s Photos'] })
const TagSchema = Type.String({ minLength: 1, maxLength: 64, pattern: '^[^,\\u0000-\\u001f\\u007f]*$' })
const TagsSchema = Type.Array(TagSchema, { maxItems: 20, examples: [['vacation', 'family']] })
const DescriptionSchema = Type.String({ maxLength: 1000, examples: ['Family vacation photo'] })

const step = {
  status: choice(['pending', 'processing', 'completed', 'failed', 'skipped']),
  startedAt: Type.Optional(TimeSchema),
  completedAt: Type.Optional(TimeSchema),
  error: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'Why it failed' })),
}
const steps = {
  validation: Type.Object({ ...step, result: Type.Optional(choice(['valid', 'invalid'])) }, { additionalProperties: false }),
  resize: Type.Object({ ...step, dimensions: Type.Optional(Type.Object({ original: SizeSchema, processed: SizeSchema }, { additionalProperties: false })) }, { additionalProperties: false }),
  watermark: Type.Object({ ...step, watermarkType: Type.Optional(choice(['text'])), watermarkText: Type.Optional(WatermarkTextSchema) }, { additionalProperties: false }),
}
export const ProcessingStepsSchema = Type.Object(steps)
export type ProcessingSteps = Static<typeof ProcessingStepsSchema>
export type StepName = keyof ProcessingSteps

export const MetadataSchema = Type.Object({
  camera: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'From EXIF' })),
  location: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  description: Type.Optional(DescriptionSchema),
}, { additionalProperties: false })

const KeySchema = Type.String({ minLength: 1, maxLength: 1024 })
const FileNameSchema = Type.String({ minLength: 1, maxLength: 255 })

/** An image, as seed 002 has it. */
export const ImageSchema = Type.Object({
  imageId: ImageIdSchema,
  userId: IdSchema,
  originalFileName: FileNameSchema,
  originalFileSize: Type.Integer({ minimum: 0, description: 'Bytes' }),
  originalFileType: ImageTypeSchema,
  originalS3Key: KeySchema,
  processedS3Key: Type.Optional(KeySchema),
  status: ImageStatusSchema,
  processingSteps: ProcessingStepsSchema,
  createdAt: TimeSchema,
  createdDate: Type.String({ format: 'date', description: 'The day of createdAt, for DateIndex' }),
  updatedAt: TimeSchema,
  processedAt: Type.Optional(TimeSchema),
  completedAt: Type.Optional(Type.String({ ...TimeSchema, description: 'Only of completed images, for CompletedIndex' })),
  ttl: Type.Optional(Type.Integer({ description: 'Epoch seconds at which the image expires' })),
  tags: Type.Array(TagSchema),
  metadata: MetadataSchema,
})
export type Image = Static<typeof ImageSchema>
/** What identifies an image. */
export type ImageKey = Pick<Image, 'imageId' | 'userId'>

export const ImageParamsSchema = Type.Object({ imageId: ImageIdSchema })
export const UserParamsSchema = Type.Object({ userId: IdSchema })

/** Whose image it is: half of its key. With a token it need not be said. */
export const OwnerQuerySchema = Type.Object({
  userId: Type.Optional(Type.String({ ...IdSchema, description: 'The owner of the image; optional with a token' })),
}, { additionalProperties: false })

/** Other headers may come as well. */
export const RangeHeadersSchema = Type.Object({
  range: Type.Optional(Type.String({ examples: ['bytes=0-1023'] })),
  'if-range': Type.Optional(Type.String({ description: 'The ETag for which the range is valid; with another ETag the whole image is returned', examples: ['"9b2cf535f27731c974343645a3985328"'] })),
  'if-none-match': Type.Optional(Type.String({ examples: ['"9b2cf535f27731c974343645a3985328"'] })),
})

export const ImagePageSchema = page(ImageSchema)
export const ImagePageQuerySchema = Type.Object(pageQuery(20), { additionalProperties: false })
export const StatusQuerySchema = Type.Object({ status: ImageStatusSchema, ...pageQuery(20) }, { additionalProperties: false })
export const RecentQuerySchema = Type.Object({
  date: Type.Optional(Type.String({ format: 'date', description: 'The last of the days (UTC). Default: today' })),
  days: Type.Integer({ minimum: 1, maximum: 31, default: 1, description: 'How many days, including that one' }),
  ...pageQuery(20),
}, { additionalProperties: false })

/** The fields of an upload beside its file. */
export const UploadFieldsSchema = Type.Object({
  userId: Type.Optional(IdSchema),
  tags: Type.Optional(TagsSchema),
  description: Type.Optional(DescriptionSchema),
  watermarkText: Type.Optional(WatermarkTextSchema),
}, { additionalProperties: false })
export type UploadFields = Static<typeof UploadFieldsSchema>

/** For the documentation: the parts of a form are read in the handler, and its body is null until then. */
export const UploadFormSchema = Type.Unsafe<null>({
  type: ['object', 'null'],
  properties: {
    file: { type: 'string', contentMediaType: 'image/jpeg', description: 'A JPEG, PNG or WebP image, not animated, of up to 15 MB and 100 megapixels' },
    ...UploadFieldsSchema.properties,
  },
  required: ['file'],
})

export const AcceptedSchema = Type.Object({ imageId: ImageIdSchema, userId: IdSchema, status: choice(['pending']) })

const StepChangeSchema = Type.Unsafe<{ [N in StepName]: { name: N, data: ProcessingSteps[N] } }[StepName]>({
  oneOf: Object.entries(steps).map(([name, data]) => Type.Object({ name: { type: 'string', const: name }, data }, { additionalProperties: false })),
})

/** What a processor elsewhere reports: a new status, the result of a step, or both. */
export const UpdateImageSchema = Type.Object({
  status: Type.Optional(ImageStatusSchema),
  step: Type.Optional(StepChangeSchema),
}, {
  additionalProperties: false,
  minProperties: 1,
  examples: [{ status: 'processing', step: { name: 'validation', data: { status: 'processing', startedAt: '2026-03-01T12:00:01.000Z' } } }],
})
export type ImageUpdate = Static<typeof UpdateImageSchema>

export const TtlSchema = Type.Object({ days: Type.Integer({ minimum: 1, maximum: 36_500 }) }, { additionalProperties: false, examples: [{ days: 30 }] })

const PreferencesSchema = Type.Object({
  defaultImageSize: Type.Unsafe<SizeName>({ ...SizeNameSchema, default: 'medium' }),
  watermarkEnabled: Type.Boolean({ default: true }),
  watermarkText: Type.Optional(WatermarkTextSchema),
}, { additionalProperties: false, default: {} })
export type Preferences = Static<typeof PreferencesSchema>

const PersonNameSchema = Type.String({ minLength: 1, maxLength: 200 })
const ProfileMembersSchema = Type.Object({
  firstName: Type.Optional(PersonNameSchema),
  lastName: Type.Optional(PersonNameSchema),
  avatar: Type.Optional(KeySchema),
  preferences: PreferencesSchema,
}, { additionalProperties: false })

const EmailSchema = Type.String({ format: 'email', maxLength: 254, examples: ['user@example.com'] })

export const PutProfileSchema = Type.Object({ email: Type.Optional(EmailSchema), profile: ProfileMembersSchema }, {
  additionalProperties: false,
  examples: [{ email: 'user@example.com', profile: { firstName: 'John', lastName: 'Doe', preferences: { defaultImageSize: 'medium', watermarkEnabled: true, watermarkText: 'John\'s Photos' } } }],
})
export type ProfileChanges = Static<typeof PutProfileSchema>

export const ProfileSchema = Type.Object({
  userId: IdSchema,
  email: Type.Optional(EmailSchema),
  profile: ProfileMembersSchema,
  statistics: Type.Object({
    totalImages: Type.Integer(),
    totalStorageUsed: Type.Integer({ description: 'Bytes of the originals' }),
    lastUploadAt: Type.Optional(TimeSchema),
  }),
  createdAt: TimeSchema,
  updatedAt: TimeSchema,
})
export type Profile = Static<typeof ProfileSchema>

export const DeletedSchema = Type.Object({ imageId: ImageIdSchema, userId: IdSchema })

/** The record of an image that is already in the object store. */
export const NewImageSchema = Type.Object({
  userId: Type.Optional(IdSchema),
  originalFileName: FileNameSchema,
  originalFileSize: Type.Integer({ minimum: 1, maximum: 5 * 2 ** 40 }),
  originalFileType: ImageTypeSchema,
  originalS3Key: Type.String({ ...KeySchema, description: 'Begins with `uploads/`, the user\'s id (`%`, `#` and `/` in it percent-encoded) and a slash' }),
  processedS3Key: Type.Optional(Type.String({ ...KeySchema, description: 'Begins with `processed/`, the user\'s id (encoded in the same way) and a slash' })),
  status: Type.Unsafe<'pending' | 'completed'>({ ...choice(['pending', 'completed']), default: 'pending', description: 'A pending image is processed next' }),
  createdAt: Type.Optional(TimeSchema),
  tags: Type.Optional(TagsSchema),
  metadata: Type.Optional(MetadataSchema),
}, { additionalProperties: false })
export type NewImage = Static<typeof NewImageSchema>

export const CreateManySchema = Type.Object({ images: Type.Array(NewImageSchema, { minItems: 1, maxItems: 500 }) }, {
  additionalProperties: false,
  examples: [{ images: [{ userId: 'user_12345678', originalFileName: 'a.jpg', originalFileSize: 2048, originalFileType: 'image/jpeg', originalS3Key: 'uploads/user_12345678/a.jpg' }] }],
})

export const CreatedManySchema = Type.Object({
  written: Type.Integer({ minimum: 0 }),
  failed: Type.Integer({ minimum: 0 }),
  images: Type.Array(Type.Object({
    imageId: Type.Optional(ImageIdSchema),
    userId: IdSchema,
    originalS3Key: KeySchema,
    outcome: choice(['written', 'not written']),
  }), { description: 'In the order in which they were sent' }),
})

const ImageKeySchema = Type.Object({ imageId: ImageIdSchema, userId: Type.Optional(IdSchema) }, { additionalProperties: false })
export const GetManySchema = Type.Object({ keys: Type.Array(ImageKeySchema, { minItems: 1, maxItems: 100 }) }, {
  additionalProperties: false,
  examples: [{ keys: [{ imageId: 'img_0mm7r4u801234567890abcdef', userId: 'user_12345678' }] }],
})
export const GotManySchema = Type.Object({
  images: Type.Array(ImageSchema, { description: 'In the requested order' }),
  absent: Type.Array(Type.Object({ imageId: ImageIdSchema, userId: IdSchema })),
})
