import { Type } from 'typebox'
import { AccountSchema, members, route } from './route.ts'

const HolderSchema = members({
  service: Type.String(),
  account: AccountSchema,
  region: Type.Optional(Type.String({ description: 'of services that keep regions apart' })),
})

const AccountsSchema = members({
  defaults: members({
    account: Type.String({ description: 'of access keys that are no account' }),
    region: Type.String({ description: 'of requests that name none' }),
  }),
  holders: Type.Array(HolderSchema, { description: 'the accounts that have state, by service' }),
})

export const accountRoutes = [
  route({
    method: 'GET',
    path: '/accounts',
    summary: 'Which accounts have state, in which services and regions',
    answer: AccountsSchema,
    run: (emulator) => ({ defaults: emulator.defaults, holders: emulator.holders() }),
  }),
  route({
    method: 'GET',
    path: '/operations',
    summary: 'The operations of each service',
    answer: members({ operations: Type.Record(Type.String(), Type.Array(Type.String())) }),
    run: ({ operations }) => ({ operations }),
  }),
]
