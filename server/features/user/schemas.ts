import { Type, type Static } from 'typebox'
import { IdSchema, TimeSchema, choice } from '../../core/schemas.ts'

export const UserParamsSchema = Type.Object({ userId: IdSchema })

const CountsSchema = Type.Unsafe<Record<string, number>>({ type: 'object', additionalProperties: { type: 'integer', minimum: 0 } })

/** A job that deletes everything of a user. */
export const DeletionSchema = Type.Object({
  userId: IdSchema,
  status: Type.Unsafe<'pending' | 'completed'>({ ...choice(['pending', 'completed']), description: 'pending until everything is deleted' }),
  requestedAt: TimeSchema,
  completedAt: Type.Optional(TimeSchema),
  deleted: Type.Unsafe<Record<string, Record<string, number>>>({
    type: 'object', additionalProperties: CountsSchema, description: 'What was deleted, for each completed feature',
  }),
  lastError: Type.Optional(Type.String({ description: 'The code of the error that stopped the last attempt; another attempt follows' })),
})
export type Deletion = Static<typeof DeletionSchema>

export const DELETION: Deletion = {
  userId: 'user123',
  status: 'completed',
  requestedAt: '2026-03-01T12:00:00.000Z',
  completedAt: '2026-03-01T12:00:01.000Z',
  deleted: {
    face: { registrations: 1, storedFaces: 1, records: 1, validations: 0 },
    image: { profiles: 1, images: 2, lifetimes: 0, files: 4 },
    chat: { profiles: 1, conversations: 1, messages: 2, sessionsAndTokens: 1 },
    report: { users: 1, reports: 3 },
  },
}
