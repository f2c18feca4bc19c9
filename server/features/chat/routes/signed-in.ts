import type { FastifyRequest } from 'fastify'

/** Every route of the feature answers for "me". */
export const SIGNED_IN = { auth: { token: 'always' } } as const

/** For a route whose body has no required member: a missing body counts as an empty one. */
export async function allowNoBody (request: FastifyRequest): Promise<void> {
  request.body ??= {}
}
