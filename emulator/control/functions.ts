import { Type } from 'typebox'
import { UrlFunctionSchema } from '../triggers/functions.ts'
import { BadTrigger } from '../triggers/trigger-rule.ts'
import { ControlError } from './control-error.ts'
import { members, route } from './route.ts'

const ActiveFunctionSchema = members({
  name: Type.String(),
  url: Type.Optional(Type.String({ description: 'absent for a function in the emulator\'s process' })),
  timeoutSeconds: Type.Optional(Type.Integer()),
  delivered: Type.Integer({ description: 'events delivered since the emulator was started' }),
  failures: Type.Integer({ description: 'failed calls' }),
  discarded: Type.Integer({ description: 'events that were discarded after two retries' }),
  lastError: Type.Optional(Type.String()),
})

const NameSchema = members({ name: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', description: '1 to 64 characters of A-Z a-z 0-9 _ -' }) })

export const functionRoutes = [
  route({
    method: 'GET',
    path: '/functions',
    summary: 'The functions that buckets may notify, with what each has taken',
    answer: members({ functions: Type.Array(ActiveFunctionSchema) }),
    run: ({ functions }) => ({ functions: functions.list() }),
  }),
  route({
    method: 'PUT',
    path: '/functions/{name}',
    summary: 'Adds a function, which is called over HTTP with the events of buckets that name it in their notifications: arn:aws:lambda:REGION:ACCOUNT:function:NAME',
    params: NameSchema,
    body: UrlFunctionSchema,
    answer: ActiveFunctionSchema,
    run: ({ functions }, { params, body }) => functions.put(params.name, body).catch((error: unknown) => {
      throw error instanceof BadTrigger ? new ControlError(400, error.message) : error
    }),
  }),
  route({
    method: 'DELETE',
    path: '/functions/{name}',
    summary: 'Deletes a function',
    params: NameSchema,
    answer: members({ removed: Type.Integer() }),
    async run ({ functions }, { params }) {
      if (!await functions.remove(params.name)) throw new ControlError(404, `There is no function ${params.name}`)
      return { removed: 1 }
    },
  }),
]
