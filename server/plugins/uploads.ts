import multipart from '@fastify/multipart'
import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'

/** Fields of a form beside its file. */
const MOST_FIELDS = 20
const FIELD_BYTES = 64 * 1024

/**
 * Makes the plugin that lets the routes of a scope take a file as multipart/form-data. To be registered where files are
 * taken, and not higher: it adds three asynchronous hooks to every request of its scope.
 *
 * @param uploadLimit  bytes of a file
 */
export const uploadsUpTo = (uploadLimit: number): FastifyPluginAsync => fp(async (scope) => {
  await scope.register(multipart, { limits: { fileSize: uploadLimit, files: 1, fields: MOST_FIELDS, fieldSize: FIELD_BYTES } })
}, { name: 'uploads', fastify: '5.x' })
