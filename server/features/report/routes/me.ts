import type { RouteAuth } from '../../../plugins/auth.ts'

/** For routes that answer for the user of the token. */
export const ME = { auth: { token: 'always' } } as const satisfies { auth: RouteAuth }
