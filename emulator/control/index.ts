import { ClockOutOfRange } from '../core/clock.ts'
import { BodyCutShort, BodyTooLarge, type WireRequest, type WireResponse } from '../core/wire.ts'
import { ControlError } from './control-error.ts'
import type { ControlRoute, Controlled } from './route.ts'

export const CONTROL_PREFIX = '/_sandtable'

/** Answers `/_sandtable/...`: everything that controls the emulator itself, in JSON. */
export class Control {
  readonly #emulator: Controlled
  #api: ReturnType<typeof load> | undefined

  constructor (emulator: Controlled) {
    this.#emulator = emulator
  }

  claims (request: WireRequest): boolean {
    return request.path === CONTROL_PREFIX || request.path.startsWith(`${CONTROL_PREFIX}/`)
  }

  async handle (request: WireRequest): Promise<WireResponse> {
    try {
      const { routes, readInput } = await (this.#api ??= load())
      const path = request.path.slice(CONTROL_PREFIX.length).replace(/\/$/, '')
      const atPath = atPathOf(routes, path)
      const found = atPath.find(({ route }) => route.method === request.method)
      if (atPath.length === 0) throw new ControlError(404, `There is no ${CONTROL_PREFIX}${path}; the paths are: ${listPaths(routes)}`)
      if (!found) throw new ControlError(405, `${CONTROL_PREFIX}${path} takes ${atPath.map(({ route }) => route.method).join(', ')}`)
      const { route, params } = found
      const answer = await route.run(this.#emulator, await readInput(route, request, params))
      return route.download === undefined ? json(200, answer) : { status: 200, headers: headersOf(route.download), body: answer as WireResponse['body'] } // by the route's declaration
    } catch (error) {
      if (error instanceof ControlError) return json(error.status, { message: error.message })
      if (error instanceof BodyTooLarge) return json(413, { message: error.message })
      if (error instanceof ClockOutOfRange) return json(400, { message: error.message })
      if (error instanceof BodyCutShort) return json(400, { message: error.message })
      return json(500, { message: error instanceof Error ? error.message : String(error) })
    }
  }
}

/** The routes and the code that reads their input: loaded with its schema library at the first request. */
async function load () {
  const [{ createRoutes }, { readInput }] = await Promise.all([import('./routes.ts'), import('./input.ts')])
  return { routes: createRoutes(), readInput }
}

/** The routes at a path, with its parameters; a path without parameters has precedence. */
function atPathOf (routes: readonly ControlRoute[], path: string): { route: ControlRoute, params: Record<string, string> }[] {
  const literal = routes.filter((route) => route.path === path)
  if (literal.length > 0) return literal.map((route) => ({ route, params: {} }))
  return routes.flatMap((route) => {
    const params = paramsOf(route.path, path)
    return params ? [{ route, params }] : []
  })
}

function paramsOf (pattern: string, path: string): Record<string, string> | undefined {
  const names = pattern.split('/')
  const values = path.split('/')
  if (names.length !== values.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, name] of names.entries()) {
    const value = decode(values[index]!)
    if (value === undefined) return undefined
    if (name.startsWith('{')) params[name.slice(1, -1)] = value
    else if (name !== value) return undefined
  }
  return params
}

/** `undefined` for invalid percent-encoding: no path has it. */
function decode (segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

function listPaths (routes: readonly ControlRoute[]): string {
  return [...new Set(routes.map(({ path }) => CONTROL_PREFIX + path))].join(', ')
}

const headersOf = (type: string) => ({ 'content-type': type, 'cache-control': 'no-store' })

function json (status: number, value: unknown): WireResponse {
  const body = JSON.stringify(value)
  return { status, headers: { ...headersOf('application/json'), 'content-length': String(Buffer.byteLength(body)) }, body }
}
