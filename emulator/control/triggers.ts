import { Type } from 'typebox'
import { BadStream, MOST_SHARDS } from '../streams/stream-shards.ts'
import { BadTrigger, TriggerSettingsSchema, UrlTriggerSchema } from '../triggers/trigger-rule.ts'
import { ControlError } from './control-error.ts'
import { AccountSchema, members, route } from './route.ts'

const ActiveTriggerSchema = members({
  ...TriggerSettingsSchema.properties,
  name: Type.String(),
  url: Type.Optional(Type.String({ description: 'absent for a function in the emulator\'s process' })),
  onFailure: Type.Optional(Type.String()),
  delivered: Type.Integer({ description: 'records delivered since the emulator was started' }),
  failures: Type.Integer({ description: 'failed calls' }),
  discarded: Type.Integer({ description: 'records that were discarded' }),
  lastError: Type.Optional(Type.String()),
})

const NameSchema = members({ name: Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$', description: '1 to 64 characters of A-Z a-z 0-9 _ . -' }) })

const ShardsSchema = members({ shards: Type.Integer({ minimum: 1, maximum: MOST_SHARDS, description: `a whole number from 1 to ${MOST_SHARDS}` }) })

export const triggerRoutes = [
  route({
    method: 'GET',
    path: '/triggers',
    summary: 'The triggers, with what each has delivered',
    answer: members({ triggers: Type.Array(ActiveTriggerSchema) }),
    run: ({ triggers }) => ({ triggers: triggers.list() }),
  }),
  route({
    method: 'PUT',
    path: '/triggers/{name}',
    summary: 'Adds a trigger: the changes of a table are sent to a URL, as Lambda calls a function. It replaces the trigger with the same name',
    params: NameSchema,
    body: UrlTriggerSchema,
    answer: ActiveTriggerSchema,
    run: ({ triggers }, { params, body }) => triggers.put(params.name, body).catch(refuse),
  }),
  route({
    method: 'DELETE',
    path: '/triggers/{name}',
    summary: 'Deletes a trigger',
    params: NameSchema,
    answer: members({ removed: Type.Integer() }),
    async run ({ triggers }, { params }) {
      if (!await triggers.remove(params.name)) throw new ControlError(404, `There is no trigger ${params.name}`)
      return { removed: 1 }
    },
  }),
  route({
    method: 'POST',
    path: '/settled',
    summary: 'Waits until writes to global tables that are due have arrived in other regions, and triggers have made all deliveries that are due',
    answer: members({ settled: Type.Literal(true) }),
    async run (emulator) {
      await emulator.settled()
      return { settled: true }
    },
  }),
  route({
    method: 'PUT',
    path: '/streams',
    summary: 'Sets the number of open shards of streams that are created from now on',
    body: ShardsSchema,
    answer: ShardsSchema,
    run ({ streams }, { body }) {
      streams.shards = body.shards
      return { shards: streams.shards }
    },
  }),
  route({
    method: 'POST',
    path: '/streams/split',
    summary: 'Closes every open shard of a table\'s stream; each gets two children',
    body: members({ table: Type.String(), account: Type.Optional(AccountSchema), region: Type.Optional(Type.String()) }),
    answer: ShardsSchema,
    run: async ({ streams }, { body }) => ({ shards: await streams.split(body).catch(refuse) }),
  }),
]

function refuse (error: unknown): never {
  if (error instanceof BadTrigger || error instanceof BadStream) throw new ControlError(400, error.message)
  throw error
}
