import { InvalidArgumentError, Option } from 'commander'
import { httpUrl, reachable } from './addresses.ts'
import { Failure, WRONG_USAGE } from './failure.ts'

/** `--emulator URL`: which emulator a verb moves. By default the one that this directory's settings would start. */
export function emulatorOption (): Option {
  return new Option('--emulator <url>', 'where the emulator is')
    .default(defaultUrl(process.env), 'EMULATOR_HOST and EMULATOR_PORT, or http://127.0.0.1:4566')
    .argParser(parseUrl)
}

/** Reads `http://host:port`; whatever comes behind it is not wanted here. */
export function parseUrl (text: string): string {
  if (!/^https?:\/\/[^/\s]+\/?$/.test(text) || !URL.canParse(text)) throw new InvalidArgumentError('It takes a URL such as http://127.0.0.1:4566')
  return new URL(text).origin
}

/**
 * One call of the control API of a running emulator.
 *
 * @param call.path  below `/_sandtable`
 * @throws {@link Failure} when nothing answers, when what answers is no emulator, or when it refuses (its own words)
 */
export async function control<T> (url: string, call: { method: 'GET' | 'PUT' | 'POST', path: string, body?: object }): Promise<T> {
  let response: Response
  try {
    response = await fetch(`${url}/_sandtable${call.path}`, {
      method: call.method,
      headers: { 'content-type': 'application/json' },
      body: call.body && JSON.stringify(call.body),
    })
  } catch (error) {
    throw new Failure(`No emulator answers at ${url}. Start one with: npx sandtable start`, { cause: error })
  }
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok && isObject(answer)) return answer as T // the control API's own, by its route
  if (!isObject(answer) || typeof answer.message !== 'string') throw new Failure(`What answers at ${url} is not the emulator (status ${response.status})`)
  throw new Failure(answer.message, { status: response.status === 400 ? WRONG_USAGE : undefined })
}

/** An emulator that listens everywhere is reached at the loopback address. */
function defaultUrl ({ EMULATOR_HOST: host, EMULATOR_PORT: port }: NodeJS.ProcessEnv): string {
  const url = httpUrl(host || '127.0.0.1', port || '4566')
  return URL.canParse(url) ? reachable(url) : url
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
