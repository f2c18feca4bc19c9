import type { RouteAuth } from '../../../plugins/auth.ts'

/** Of routes that answer for whoever sends the token. */
export const ME = { auth: { token: 'always' } } as const satisfies { auth: RouteAuth }
