import { createRequire } from 'node:module'
import type { TObject } from 'typebox'
import type { ControlRoute } from './route.ts'

const error = { $ref: '#/components/responses/Error' }

/** The OpenAPI 3.1 document of the routes, made from their schemas, which are JSON Schema, as OpenAPI uses it. */
export function describeRoutes (routes: readonly ControlRoute[]): object {
  const { version } = createRequire(import.meta.url)('sandtable/package.json') as { version: string }
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) (paths[`/_sandtable${route.path}`] ??= {})[route.method.toLowerCase()] = describe(route)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sandtable control API',
      version,
      description: 'Controls the emulator: its clock, state, faults and trace. Requests from pages of other sites are rejected.',
    },
    paths,
    components: {
      responses: {
        Error: {
          description: 'A refusal, in one line',
          content: {
            'application/json': {
              schema: { type: 'object', required: ['message'], properties: { message: { type: 'string' } }, additionalProperties: false },
              example: { message: 'There is no /_sandtable/nothing' },
            },
          },
        },
      },
    },
  }
}

function describe ({ path, summary, params, query, body, upload, answer, download }: ControlRoute): object {
  const parameters = [...describeParameters('path', params), ...describeParameters('query', query)]
  const requestBody = upload === undefined
    ? body && { required: (body.required ?? []).length > 0, content: { 'application/json': { schema: body } } }
    : { required: true, content: { [upload]: {} } }
  return {
    summary,
    tags: [path.split('/')[1] || 'about'],
    ...parameters.length > 0 && { parameters },
    ...requestBody && { requestBody },
    responses: {
      200: { description: 'Done', content: download === undefined ? { 'application/json': { schema: answer ?? {} } } : { [download]: {} } },
      default: error,
    },
  }
}

function describeParameters (where: 'path' | 'query', schema: TObject | undefined): object[] {
  return Object.entries(schema?.properties ?? {}).map(([name, schema]) =>
    ({ name, in: where, required: where === 'path', schema }))
}
