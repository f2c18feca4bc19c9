import { ValidationFailed, type ApiError } from '../core/errors.ts'
import { NotYourself } from './errors.ts'

/** The user that a token names. */
export interface User {
  /** The token's `sub`. */
  readonly id: string
  readonly groups: readonly string[]
}

/** The group whose members may reach all users' resources, and the routes marked admin. */
const ADMIN = 'admin'

export const isAdmin = ({ groups }: User): boolean => groups.includes(ADMIN)

/**
 * The only user whose resources a request may reach.
 * @param user  of the request; absent where no token is required
 * @returns a user's id, or `undefined` for all users: for an admin, and with AUTH_MODE=open
 */
export const onlyOf = (user: User | undefined): string | undefined => user && !isAdmin(user) ? user.id : undefined

/** The part of a request that names its user. */
interface Asked { readonly user: User | undefined }

/**
 * The caller, on a route that always needs a token.
 * @throws TypeError the route does not declare `token: 'always'`, so that with AUTH_MODE=open there is no user
 */
export function callerOf ({ user }: Asked): User {
  if (!user) throw new TypeError('The request has no user: the route must declare `token: \'always\'`')
  return user
}

/** A user that a request names. */
export interface Named {
  /** `undefined` if the request leaves it to the token. */
  id: string | undefined
  /** The path of the member, such as `query.userId`. */
  path: string
  /** The error for a request that names another user. Default: 403. On a route that looks something up: its own 404. */
  refusal?: (id: string) => ApiError
}

/**
 * The user whose resources a request is about, where its query or its body may name that user.
 * @returns the named user, or else the caller
 * @throws 400 it names no user, and there is no token; the refusal if a caller who is not an admin names another user
 */
export function subjectOf ({ user }: Asked, { id = user?.id, path, refusal = (id) => new NotYourself(id) }: Named): string {
  if (id === undefined) throw new ValidationFailed([{ path, reason: 'is required without a token' }])
  const only = onlyOf(user)
  if (only !== undefined && only !== id) throw refusal(id)
  return id
}
