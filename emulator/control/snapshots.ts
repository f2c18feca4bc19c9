import { Type } from 'typebox'
import { BadSnapshot, NoSuchSnapshot } from '../snapshots/errors.ts'
import { ClockStateSchema } from './clock.ts'
import { ControlError } from './control-error.ts'
import { AccountSchema, members, route } from './route.ts'

const GZIP = 'application/gzip'

const NameSchema = Type.String({ description: '1 to 64 of a-z 0-9 . _ - that begin with a letter or a digit', examples: ['before-the-sale'] })

const SnapshotSchema = members({
  name: Type.String(),
  bytes: Type.Integer({ description: 'of its file' }),
  clock: ClockStateSchema,
})

const Shown = Type.Optional(Type.Unknown({ description: 'an item as DynamoDB writes it, or what an object is; missing when it is larger than 8 KB' }))
const Count = Type.Integer({ minimum: 0 })

const PartSchema = members({
  service: Type.String(),
  account: AccountSchema,
  region: Type.Optional(Type.String()),
  kind: Type.Union([Type.Literal('table'), Type.Literal('bucket')]),
  name: Type.String(),
  only: Type.Optional(Type.Union([Type.Literal('first'), Type.Literal('second')], { description: 'which state has the table or bucket, if not both' })),
  added: Count,
  changed: Count,
  gone: Count,
  examples: Type.Array(members({
    change: Type.Union([Type.Literal('added'), Type.Literal('changed'), Type.Literal('gone')]),
    key: Type.Optional(Type.String({ description: 'of an object' })),
    before: Shown,
    after: Shown,
  }), { description: 'at most ten of each kind' }),
})

const named = { path: '/snapshots/{name}', params: members({ name: NameSchema }) } as const

/** Save, list, restore, delete, download, upload. */
export const snapshotRoutes = [
  route({
    method: 'GET',
    path: '/snapshots',
    summary: 'The saved states, by name',
    answer: members({ snapshots: Type.Array(SnapshotSchema) }),
    run: async ({ snapshots }) => ({ snapshots: await withControlErrors(snapshots.list()) }),
  }),
  route({
    method: 'POST',
    path: '/snapshots',
    summary: 'Saves the current state of all services, and the time; replaces a snapshot with the same name',
    body: members({ name: NameSchema }),
    answer: SnapshotSchema,
    run: ({ snapshots }, { body }) => withControlErrors(snapshots.save(body.name)),
  }),
  route({
    method: 'POST',
    path: `${named.path}/restore`,
    params: named.params,
    summary: 'Restores a saved state, in one step; it replaces all state',
    answer: SnapshotSchema,
    run: ({ snapshots }, { params }) => withControlErrors(snapshots.restore(params.name)),
  }),
  route({
    method: 'GET',
    path: `${named.path}/compare/{other}`,
    params: members({ name: NameSchema, other: NameSchema }),
    summary: 'What differs between two saved states: items of tables and objects of buckets that the other one has more, otherwise, or no longer',
    answer: members({ parts: Type.Array(PartSchema) }),
    run: async ({ snapshots }, { params }) => ({ parts: await withControlErrors(snapshots.compare(params.name, params.other)) }),
  }),
  route({
    ...named,
    method: 'GET',
    summary: 'The file of a saved state',
    download: GZIP,
    run: ({ snapshots }, { params }) => withControlErrors(snapshots.download(params.name)),
  }),
  route({
    ...named,
    method: 'PUT',
    summary: 'Uploads the file of a saved state; replaces a snapshot with the same name',
    upload: GZIP,
    answer: SnapshotSchema,
    run: ({ snapshots }, { params, upload }) => withControlErrors(snapshots.upload(params.name, upload)),
  }),
  route({
    ...named,
    method: 'DELETE',
    summary: 'Deletes a saved state',
    answer: members({ deleted: Type.String() }),
    async run ({ snapshots }, { params }) {
      await withControlErrors(snapshots.delete(params.name))
      return { deleted: params.name }
    },
  }),
]

/** Gives errors of snapshots their HTTP status. */
async function withControlErrors<T> (work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof NoSuchSnapshot) throw new ControlError(404, error.message)
    if (error instanceof BadSnapshot) throw new ControlError(400, error.message)
    throw error
  }
}
