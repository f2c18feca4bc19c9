import { Type } from 'typebox'
import { AnswerSchema } from '../rekognition/arranged/arrangement.ts'
import { BadArrangement } from '../rekognition/index.ts'
import { ControlError } from './control-error.ts'
import { AccountSchema, members, route } from './route.ts'

const path = '/rekognition/faces'

/** Arrange, list and clear; the members of an arrangement are in Rekognition's `arrangement.ts`. */
export const rekognitionRoutes = [
  route({
    method: 'PUT',
    path,
    summary: 'Arranges Rekognition\'s answer for a picture, which is named by its hash or its place in S3',
    body: AnswerSchema,
    answer: AnswerSchema,
    async run ({ faces }, { body }) {
      try {
        return await faces.arrange(body)
      } catch (error) {
        if (error instanceof BadArrangement) throw new ControlError(400, error.message)
        throw error
      }
    },
  }),
  route({
    method: 'GET',
    path,
    summary: 'The arrangements, oldest first',
    answer: members({ arranged: Type.Array(AnswerSchema) }),
    run: ({ faces }) => ({ arranged: faces.list() }),
  }),
  route({
    method: 'DELETE',
    path,
    summary: 'Deletes all arrangements, or those for one account',
    query: members({ account: Type.Optional(AccountSchema) }),
    answer: members({ cleared: Type.Integer() }),
    run: ({ faces }, { query }) => ({ cleared: faces.clear(query.account) }),
  }),
]
