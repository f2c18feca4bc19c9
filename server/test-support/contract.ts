import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'

/** The parts of an OpenAPI 3.1 document that are read here. */
interface Media { schema?: object, example?: unknown, examples?: Record<string, { value: unknown }> }
interface Entry {
  summary?: string
  tags?: string[]
  responses?: Record<string, { description?: string, content?: Record<string, Media> }>
}
interface Document { paths: Record<string, Record<string, Entry>> }

const WITHOUT_BODY = new Set(['204', '304'])

const documentOf = (app: FastifyInstance) => app.swagger() as unknown as Document // @fastify/swagger types all versions at once

/**
 * Holds a real answer against what the OpenAPI document promises of its route and status: that it is there at all, the
 * content type, and the whole body.
 */
export function matchesDocs (t: Test, app: FastifyInstance, response: LightMyRequestResponse): void {
  const { method = '', url = '' } = response.raw.req
  const name = `${method} ${url} ${response.statusCode} is as documented`
  const media = documented(app, response)
  const type = String(response.headers['content-type']).split(';', 1)[0]!
  if (!media) t.fail(name, { problem: 'the document has no such route or status' })
  else if (!media[type]) t.fail(name, { problem: `${type} is not documented`, documented: Object.keys(media) })
  else t.strictSame(faults(media[type].schema, type === 'application/json' ? response.json() : response.payload), [], name)
}

/** What the OpenAPI document lacks: a summary, a tag, or an example of a response that is as its own schema wants it. */
export function docsGaps (app: FastifyInstance): string[] {
  const gaps: string[] = []
  for (const [path, entries] of Object.entries(documentOf(app).paths)) {
    for (const [method, { summary, tags, responses = {} }] of Object.entries(entries)) {
      const route = `${method.toUpperCase()} ${path}`
      if (!summary) gaps.push(`${route} has no summary`)
      if (!tags?.length) gaps.push(`${route} has no tag`)
      if (!Object.keys(responses).some((status) => status.startsWith('2'))) gaps.push(`${route} has no successful response`)
      for (const [status, { content = {} }] of Object.entries(responses)) {
        for (const media of Object.values(content)) gaps.push(...exampleGaps(media).map((gap) => `${route} ${status} ${gap}`))
        if (Object.keys(content).length === 0 && !WITHOUT_BODY.has(status)) gaps.push(`${route} ${status} has no content`)
      }
    }
  }
  return gaps
}

function exampleGaps ({ schema, example, examples }: Media): string[] {
  const given = examples ? Object.values(examples).map(({ value }) => value) : [example]
  if (given.includes(undefined)) return ['has no example']
  return given.flatMap((one) => faults(schema, one).map((fault) => `has an example that is wrong: ${fault}`))
}

/** The content of the response, by the route whose path fits best: fixed parts go before parameters. */
function documented (app: FastifyInstance, { raw, statusCode }: LightMyRequestResponse): Record<string, Media> | undefined {
  const parts = (raw.req.url ?? '').split('?', 1)[0]!.split('/')
  const isParameter = (part: string) => part.startsWith('{')
  const [best] = Object.entries(documentOf(app).paths)
    .map(([path, entries]) => ({ template: path.split('/'), entry: entries[(raw.req.method ?? '').toLowerCase()] }))
    .filter(({ template, entry }) => entry && template.length === parts.length && template.every((part, i) => isParameter(part) || part === parts[i]))
    .sort((a, b) => a.template.filter(isParameter).length - b.template.filter(isParameter).length)
  return best?.entry?.responses?.[String(statusCode)]?.content
}

// One for all, since it keeps what it has compiled; the document's own schemas are not checked a second time.
const ajv = new Ajv2020({ allErrors: true, strict: false, meta: false, validateSchema: false })
addFormats.default(ajv)

function faults (schema: object | undefined, value: unknown): string[] {
  const validate = ajv.compile(schema ?? {})
  validate(value)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
