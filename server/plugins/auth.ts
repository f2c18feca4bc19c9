import type { onRequestAsyncHookHandler, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { bearerToken } from '../auth/bearer-token.ts'
import { AdminOnly, InvalidAuthorization, InvalidToken, KeysUnreachable, NoIssuer, NothingHere, TokenExpired, Unauthorized } from '../auth/errors.ts'
import { isAdmin, onlyOf, type User } from '../auth/user.ts'
import type { VerifyToken } from '../auth/verifier.ts'
import type { Config } from '../config.ts'
import type { ApiError } from '../core/errors.ts'
import { withErrorResponses } from '../core/schemas.ts'

/** Who may ask a route. A route that says nothing takes any token with AUTH_MODE=jwt, and needs none with AUTH_MODE=open. */
export interface RouteAuth {
  /** `never`: it is for everybody. `always`: in either mode, since it answers for "me". */
  token?: 'never' | 'always'
  /** Where a token is needed, it has to be of the group `admin`; 403 for others. */
  admin?: boolean
  /** The path parameter that names the user whose things these are: where a token is needed, 404 for others but admins. */
  owner?: string
}

declare module 'fastify' {
  interface FastifyContextConfig { auth?: RouteAuth }
  interface FastifyRequest {
    /** Whose token came with the request; `undefined` where none is asked for. */
    user: User | undefined
  }
}

export interface AuthOptions {
  mode: Config['auth']['mode']
  /** `undefined` where there is no issuer: then routes that need a token answer 503. */
  verify: VerifyToken | undefined
}

/**
 * Requires each route's token, as the route's `config.auth` says. A route that needs none gets no hook at all.
 * Comes before the routes: those that are there already are for everybody.
 */
export const auth = fp<AuthOptions>((app, { mode, verify }, done) => {
  app.decorateRequest('user', undefined)

  app.addHook('onRoute', (route) => {
    const { token, ...rule } = route.config?.auth ?? {}
    const isAsked = token === 'always' || (token !== 'never' && mode === 'jwt')
    if (token === 'never' && Object.keys(rule).length > 0) throw new TypeError(`${route.url} needs no token, and so cannot be limited to admins or an owner`)
    if (rule.owner !== undefined && !route.url.split('/').includes(`:${rule.owner}`)) throw new TypeError(`${route.url} has no parameter ${rule.owner}`)
    if (!isAsked) return
    // New objects all: a HEAD route is made of the same options as its GET.
    route.onRequest = [authorizer(rule, verify), ...[route.onRequest ?? []].flat()]
    route.schema = documented(route.schema, rule)
  })
  done()
}, { name: 'auth', fastify: '5.x' })

function authorizer ({ admin, owner }: RouteAuth, verify: VerifyToken | undefined): onRequestAsyncHookHandler {
  return async (request) => {
    if (!verify) throw new NoIssuer()
    const user = await verify(bearerToken(request.raw)).catch((error: unknown) => {
      // The token may be valid: the operator of the issuer has to know.
      if (error instanceof InvalidToken && error.cause) request.log.warn({ err: error.cause }, 'a key of the issuer cannot be used')
      throw error
    })
    if (admin && !isAdmin(user)) throw new AdminOnly()
    if (owner !== undefined) {
      const asked = (request.params as Record<string, string>)[owner]! // the route has it, by the check above
      const only = onlyOf(user)
      if (only !== undefined && only !== asked) throw new NothingHere(asked)
    }
    request.user = user
  }
}

/** What the documentation says of a route that needs a token. */
function documented (schema: RouteOptions['schema'], { admin, owner }: RouteAuth): RouteOptions['schema'] {
  const refusals: ApiError[] = [
    new InvalidAuthorization(), new Unauthorized(), new InvalidToken('signature verification failed'), new TokenExpired(),
    ...admin ? [new AdminOnly()] : [], ...owner === undefined ? [] : [new NothingHere('user123')],
    new KeysUnreachable('https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example'),
  ]
  return { ...schema, security: [{ bearer: [] }], response: withErrorResponses(schema?.response, refusals) }
}
