import { Type } from 'typebox'
import { ControlError } from './control-error.ts'
import { AccountSchema, members, route } from './route.ts'

const ResetSchema = members({
  service: Type.Optional(Type.String({ description: 'the name of a service', examples: ['dynamodb'] })),
  account: Type.Optional(AccountSchema),
})

const DoneSchema = members({
  reset: Type.String({ description: 'a service, or "all"' }),
  account: Type.String({ description: 'twelve digits, or "all"' }),
})

export const resetRoutes = [
  route({
    method: 'POST',
    path: '/reset',
    summary: 'Deletes all state, or that of one service or account',
    body: ResetSchema,
    answer: DoneSchema,
    async run (emulator, { body: { service, account } }) {
      if (service !== undefined && !emulator.serviceNames.includes(service)) {
        throw new ControlError(400, `"service" takes ${emulator.serviceNames.join(', ')}, not ${JSON.stringify(service)}`)
      }
      await emulator.reset({ service, account })
      return { reset: service ?? 'all', account: account ?? 'all' }
    },
  }),
]
