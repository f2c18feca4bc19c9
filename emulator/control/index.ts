import { readBody, BodyTooLarge, type WireRequest, type WireResponse } from '../core/wire.ts'
import { isForeign } from './same-origin.ts'
import { clockRoutes } from './clock.ts'
import { rekognitionRoutes } from './rekognition.ts'
import { resetRoutes } from './reset.ts'
import { traceRoutes } from './trace.ts'
import { ControlError, type ControlRoute, type Controlled } from './route.ts'

export const CONTROL_PREFIX = '/_sandtable'

const MAX_BODY_BYTES = 1024 * 1024

/** Answers `/_sandtable/...`: everything that moves the emulator itself, in JSON. */
export class Control {
  readonly #routes: ControlRoute[]
  readonly #emulator: Controlled
  readonly #allowedHosts: readonly string[]

  /** @param options.allowedHosts  host names, beside local ones, under which the control API may be reached */
  constructor (emulator: Controlled, options: { allowedHosts?: readonly string[] } = {}) {
    this.#emulator = emulator
    this.#allowedHosts = options.allowedHosts ?? []
    this.#routes = [
      { method: 'GET', path: '/health', summary: 'Whether the emulator is up', run: () => ({ status: 'ok' }) },
      ...clockRoutes,
      ...resetRoutes,
      ...traceRoutes,
      ...rekognitionRoutes,
    ]
  }

  claims (request: WireRequest): boolean {
    return request.path === CONTROL_PREFIX || request.path.startsWith(`${CONTROL_PREFIX}/`)
  }

  async handle (request: WireRequest): Promise<WireResponse> {
    try {
      if (isForeign(request.headers, this.#allowedHosts)) {
        throw new ControlError(403, 'The control API answers requests from this machine only, not from another site')
      }
      const path = request.path.slice(CONTROL_PREFIX.length)
      const atPath = this.#routes.filter((route) => route.path === path)
      const route = atPath.find(({ method }) => method === request.method)
      if (atPath.length === 0) throw new ControlError(404, `There is no ${CONTROL_PREFIX}${path}; there are: ${this.#listRoutes()}`)
      if (!route) throw new ControlError(405, `${CONTROL_PREFIX}${path} takes ${atPath.map(({ method }) => method).join(', ')}`)
      return json(200, await route.run(this.#emulator, { query: request.query, body: await readJson(request) }))
    } catch (error) {
      if (error instanceof ControlError) return json(error.status, { message: error.message })
      if (error instanceof BodyTooLarge) return json(413, { message: error.message })
      return json(500, { message: error instanceof Error ? error.message : String(error) })
    }
  }

  #listRoutes (): string {
    return [...new Set(this.#routes.map(({ path }) => CONTROL_PREFIX + path))].join(', ')
  }
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

function json (status: number, value: unknown): WireResponse {
  const body = JSON.stringify(value)
  return { status, headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }, body }
}
