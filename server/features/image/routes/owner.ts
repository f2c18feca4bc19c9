import { subjectOf, type User } from '../../../auth/user.ts'
import { ImageNotFound } from '../errors.ts'
import type { ImageKey } from '../schemas.ts'

interface Request {
  user: User | undefined
  params: { imageId: string }
  query: { userId?: string }
}

/**
 * Which image a request is about. Its owner is half of the key: the query names them, or the token does.
 *
 * @throws 400 no user is named; 404 it is another user's
 */
export function imageKeyOf ({ user, params: { imageId }, query: { userId } }: Request): ImageKey {
  return { imageId, userId: subjectOf({ user }, { id: userId, path: 'query.userId', refusal: () => new ImageNotFound(imageId) }) }
}
