import { ControlError, type ControlRoute } from './route.ts'

export const resetRoutes: ControlRoute[] = [
  {
    method: 'POST',
    path: '/reset',
    summary: 'Drops all state, or that of one service or account: {"service"?, "account"?}',
    async run (emulator, { body }) {
      const { service, account } = body
      if (service !== undefined && !emulator.serviceNames.includes(service as string)) {
        throw new ControlError(400, `"service" takes ${emulator.serviceNames.join(', ')}, not ${JSON.stringify(service)}`)
      }
      if (account !== undefined && !(typeof account === 'string' && /^\d{12}$/.test(account))) {
        throw new ControlError(400, `"account" takes twelve digits, not ${JSON.stringify(account)}`)
      }
      await emulator.reset({ service: service as string | undefined, account })
      return { reset: service ?? 'all', account: account ?? 'all' }
    },
  },
]
