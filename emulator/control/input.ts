import type { TObject } from 'typebox'
import { schemaFaults } from '../core/schema-faults.ts'
import { readBody, type WireRequest } from '../core/wire.ts'
import { ControlError } from './control-error.ts'
import { members, type ControlRoute, type RouteInput } from './route.ts'

const MAX_BODY_BYTES = 1024 * 1024

const nothing = members({})

/**
 * Reads a request's input, and validates it by the route's schemas.
 * @param params  of the path, still percent-encoded
 * @throws {@link ControlError} 400, naming every error
 */
export async function readInput (route: ControlRoute, request: WireRequest, params: Record<string, string>): Promise<RouteInput> {
  const input = {
    params: checked(route.params ?? nothing, params, 'The path'),
    query: checked(route.query ?? nothing, readQuery(route.query, request.query), 'The query'),
    headers: request.headers,
    upload: request.body,
  }
  if (route.upload !== undefined) return { ...input, body: {} }
  return { ...input, body: checked(route.body ?? nothing, await readJson(request), 'The body') }
}

function checked (schema: TObject, value: Record<string, unknown>, what: string): Record<string, unknown> {
  const faults = schemaFaults(schema, value, what)
  if (faults.length > 0) throw new ControlError(400, faults.join('; '))
  return value
}

/** Values that cannot be converted stay unchanged; the schema refuses them. */
function readQuery (schema: TObject | undefined, query: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries([...query].map(([name, value]) => [name, convert(schema?.properties[name], value)]))
}

function convert (schema: { type?: string } | undefined, value: string): unknown {
  if ((schema?.type === 'integer' || schema?.type === 'number') && /^-?\d{1,15}(\.\d+)?$/.test(value)) return Number(value)
  if (schema?.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

async function readJson (request: WireRequest): Promise<Record<string, unknown>> {
  const body = await readBody(request.body, MAX_BODY_BYTES)
  if (body.length === 0) return {}
  let value: unknown
  try {
    value = JSON.parse(body.toString())
  } catch {
    value = undefined
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new ControlError(400, 'The body must be a JSON object')
  return value as Record<string, unknown>
}
