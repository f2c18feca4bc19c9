import { Type, type Static } from 'typebox'
import { IdSchema, TimeSchema, choice, page, pageQuery } from '../../core/schemas.ts'

/** A message's time, which is its id within its conversation. */
export const TimestampSchema = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$', examples: ['2025-12-20T10:30:00.000Z'] })
const EmailSchema = Type.String({ format: 'email', maxLength: 254, examples: ['ada@example.com'] })

const profile = {
  name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', examples: ['Ada Lovelace'] }),
  email: EmailSchema,
  role: Type.String({ minLength: 1, maxLength: 64, pattern: '\\S', description: 'The user\'s role, as a text for people; it grants no rights', examples: ['learner'] }),
}
export const ProfileSchema = Type.Object({ userId: IdSchema, ...profile, createdAt: TimeSchema, updatedAt: TimeSchema })
export type Profile = Static<typeof ProfileSchema>
export const PutProfileSchema = Type.Object(profile, { additionalProperties: false, examples: [{ name: 'Ada Lovelace', email: 'ada@example.com', role: 'learner' }] })

export const RoleSchema = choice(['user', 'assistant'])

// All limits together keep a message far below DynamoDB's 400 KB.
export const CitationSchema = Type.Object({
  title: Type.String({ minLength: 1, maxLength: 200 }),
  uri: Type.String({ minLength: 1, maxLength: 2048, pattern: '^https?://[\\x21-\\x7e]+$', description: 'http or https only, since clients show it as a link' }),
  snippet: Type.Optional(Type.String({ maxLength: 1000 })),
}, { additionalProperties: false })
export type Citation = Static<typeof CitationSchema>

const said = {
  role: RoleSchema,
  content: Type.String({ minLength: 1, maxLength: 32_000 }),
  citations: Type.Optional(Type.Array(CitationSchema, { maxItems: 10 })),
}
const message = { conversationId: IdSchema, timestamp: TimestampSchema, ...said }
export const MessageSchema = Type.Object(message)
export type Message = Static<typeof MessageSchema>
export const CreateMessageSchema = Type.Object(said, {
  additionalProperties: false,
  examples: [{ role: 'user', content: 'How do I remember what I have read?' }],
})
export type CreateMessage = Static<typeof CreateMessageSchema>
export const CreateMessageQuerySchema = Type.Object({
  reply: Type.Boolean({ default: false, description: 'Whether the assistant answers; accepting text/event-stream has the same effect' }),
}, { additionalProperties: false })
export const CreatedMessageSchema = Type.Object({ ...message, reply: Type.Optional(MessageSchema) })

export const MessagePageSchema = page(MessageSchema)
export const QueryMessagesSchema = Type.Object({
  ...pageQuery(100),
  order: Type.Unsafe<'asc' | 'desc'>({ ...choice(['asc', 'desc']), default: 'asc', description: 'Oldest or newest first' }),
}, { additionalProperties: false })

const TitleSchema = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', examples: ['Learning to learn'] })

const conversation = { conversationId: IdSchema, userId: IdSchema, title: Type.Optional(TitleSchema), startedAt: TimeSchema }
export const ConversationSchema = Type.Object(conversation)
export type Conversation = Static<typeof ConversationSchema>
export const CreateConversationSchema = Type.Object({ title: Type.Optional(TitleSchema) }, { additionalProperties: false, examples: [{ title: 'Learning to learn' }] })
export const QueryConversationSchema = Type.Object({
  messages: Type.Integer({ minimum: 0, maximum: 1000, default: 0, description: 'How many of its first messages to return with it' }),
}, { additionalProperties: false })
export const ConversationWithMessagesSchema = Type.Object({ ...conversation, messages: Type.Optional(MessagePageSchema) })

/** A conversation as its user's list shows it. */
export const ConversationEntrySchema = Type.Object({
  conversationId: IdSchema,
  title: Type.Optional(TitleSchema),
  startedAt: TimeSchema,
  lastActivityAt: TimeSchema,
  unread: Type.Integer({ minimum: 0, description: 'Messages by others (role `assistant`) since the conversation was last marked as read; your own do not count' }),
  lastMessage: Type.Optional(Type.Object({
    timestamp: TimestampSchema,
    role: RoleSchema,
    content: Type.String({ description: 'Its first 200 characters' }),
  })),
})
export type ConversationEntry = Static<typeof ConversationEntrySchema>
export const ConversationEntryPageSchema = page(ConversationEntrySchema)

export const DeletedConversationSchema = Type.Object({
  conversationId: IdSchema,
  deletedMessages: Type.Integer({ minimum: 0, description: 'By this request' }),
  complete: Type.Boolean({ description: 'false: more is left than one request deletes; repeat the request to continue' }),
})

export const ConversationParamsSchema = Type.Object({ conversationId: IdSchema })
export const MessageParamsSchema = Type.Object({ conversationId: IdSchema, timestamp: TimestampSchema })

const DaySchema = Type.String({ format: 'date', examples: ['2025-12-20'] })
export const QueryAnalyticsSchema = Type.Object({
  date: Type.Optional(Type.String({ ...DaySchema, description: 'One day (UTC)' })),
  from: Type.Optional(Type.String({ ...DaySchema, description: 'The first day of several' })),
  to: Type.Optional(Type.String({ ...DaySchema, description: 'The last day; at most 92 days, both included' })),
  conversations: Type.Boolean({ default: true, description: 'false: only the counts' }),
}, { additionalProperties: false })
export const AnalyticsSchema = Type.Object({
  from: DaySchema,
  to: DaySchema,
  count: Type.Integer({ minimum: 0 }),
  days: Type.Array(Type.Object({
    date: DaySchema,
    count: Type.Integer({ minimum: 0 }),
    conversations: Type.Optional(Type.Array(ConversationSchema, { description: 'In the order in which they were started' })),
  }), { description: 'Every day from the first to the last' }),
})
export type Analytics = Static<typeof AnalyticsSchema>

const EpochSeconds = Type.Integer({ description: 'Epoch seconds at which it expires' })

export const SessionSchema = Type.Object({ sessionId: IdSchema, userId: IdSchema, createdAt: TimeSchema, expiresAt: EpochSeconds })
export type Session = Static<typeof SessionSchema>
export const CreateSessionSchema = Type.Object({
  ttlSeconds: Type.Integer({ minimum: 1, maximum: 2_592_000, default: 3600 }),
}, { additionalProperties: false, examples: [{ ttlSeconds: 3600 }] })
export const SessionParamsSchema = Type.Object({ sessionId: IdSchema })
export const EndedSessionSchema = Type.Object({ sessionId: IdSchema })

const PurposeSchema = Type.String({ pattern: '^[a-z][a-z0-9]{0,31}$', description: 'What it is valid for', examples: ['verify'] })
const emailToken = { purpose: PurposeSchema, email: EmailSchema }
export const CreateEmailTokenSchema = Type.Object(emailToken, { additionalProperties: false, examples: [{ purpose: 'verify', email: 'ada@example.com' }] })
export type CreateEmailToken = Static<typeof CreateEmailTokenSchema>
export const EmailTokenSchema = Type.Object({ token: Type.String({ description: 'Returned only once' }), ...emailToken, expiresAt: EpochSeconds })
export type EmailToken = Static<typeof EmailTokenSchema>
export const ConsumeEmailTokenSchema = Type.Object({
  purpose: PurposeSchema,
  token: Type.String({ minLength: 1, maxLength: 256 }),
}, { additionalProperties: false, examples: [{ purpose: 'verify', token: 'Jb1vR0xkq2w.fZc0aQ8l4m2' }] })
export const ConsumedEmailTokenSchema = Type.Object({ ...emailToken, userId: IdSchema })
