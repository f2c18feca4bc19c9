import type { operations } from './control-types.ts'

/** What the control API refuses, in its own words. */
export class ControlFailure extends Error {
  override name = 'ControlFailure'
  readonly status: number

  constructor (status: number, message: string) {
    super(message)
    this.status = status
  }
}

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'

/**
 * Calls the emulator's control API.
 *
 * @param path  below `/_sandtable`
 * @throws {@link ControlFailure} when it refuses, `TypeError` when it cannot be reached
 */
export async function control<Route extends keyof operations> (route: Route, path = pathOf(route), body?: object): Promise<operations[Route]> {
  const method = route.slice(0, route.indexOf(' ')) as Method // as the table of routes has it
  const response = await fetch(controlUrl(path), {
    method,
    ...body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
  })
  const answer: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw new ControlFailure(response.status, messageOf(answer) ?? `${method} ${path} was answered ${response.status}`)
  return answer as operations[Route] // as the route is described
}

const pathOf = (route: string): string => route.slice(route.indexOf(' ') + 1)

export const controlUrl = (path: string): string => `/_sandtable${path}`

function messageOf (answer: unknown): string | undefined {
  return typeof answer === 'object' && answer !== null && 'message' in answer && typeof answer.message === 'string' ? answer.message : undefined
}
