import { createRequire } from 'node:module'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifySchema } from 'fastify'
import fp from 'fastify-plugin'

// By its own name, since the file is nearer from the sources than from what is built of them.
const { version } = createRequire(import.meta.url)('sandtable/package.json') as { version: string }

/** `GET /docs` shows the API, `GET /docs/json` gives its OpenAPI document. Comes before every route. */
export const docs = fp(async (app) => {
  await app.register(swagger, {
    transform: ({ schema, url }) => ({ schema: withOptionalDefaults(schema), url }),
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sandtable API',
        version,
        description: 'Every answer has an `x-request-id`; send your own to find a request in the log and in the trace.',
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A token of a Cognito user pool, or of the emulator: npx sandtable token --sub ada' },
        },
      },
      tags: [
        { name: 'events', description: 'Events and their places' },
        { name: 'registrations', description: 'Registrations for events' },
        { name: 'face', description: 'Face verification, and its records' },
        { name: 'face validations', description: 'The history of face verification; with FACE_DESIGN=single deprecated, and computed from the record' },
        { name: 'chat', description: 'The caller\'s conversations with a learning assistant' },
        { name: 'users', description: 'The caller\'s own profile' },
        { name: 'reports', description: 'The caller\'s own reports; also without the prefix /api' },
        { name: 'embeddings', description: 'Vectors of products, and their similarity; also without the prefix /api' },
        { name: 'images', description: 'Images, their processing, and their owners' },
        { name: 'operations', description: 'Health of the server' },
      ],
    },
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // Nothing is asked of any other site.
    uiConfig: { validatorUrl: null },
    // Its bar has the name of another project, and asks for another document.
    theme: { title: 'Sandtable API', css: [{ filename: 'theme.css', content: '.swagger-ui .topbar { display: none }' }] },
    staticCSP: true,
    // The server speaks plain HTTP, by whatever name it is reached.
    transformStaticCSP: (policy) => policy.replace(' upgrade-insecure-requests;', '').replace(' validator.swagger.io', ''),
  })
}, { name: 'docs', fastify: '5.x' })

/** The parts of a request. */
const PARTS = ['body', 'querystring', 'params', 'headers'] as const

/**
 * A route's schema for the document: members of a request that have a default need not be sent. The handler always has
 * them, so that the schema by which requests are validated, and typed, requires them.
 */
function withOptionalDefaults (schema: FastifySchema | undefined): FastifySchema {
  const parts = PARTS.filter((part) => schema?.[part] !== undefined)
  return { ...schema, ...Object.fromEntries(parts.map((part) => [part, optionalDefaults(schema?.[part])])) }
}

function optionalDefaults (schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(optionalDefaults)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, name === 'examples' || name === 'default' ? value : optionalDefaults(value)]))
  const { required, properties } = copy as { required?: unknown, properties?: Record<string, { default?: unknown }> } // as JSON Schema has them
  if (!Array.isArray(required) || properties === undefined) return copy
  const { required: _, ...rest } = copy
  const needed = (required as string[]).filter((name) => properties[name]?.default === undefined)
  return needed.length > 0 ? { ...rest, required: needed } : rest
}
