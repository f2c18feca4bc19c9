import { Readable } from 'node:stream'
import { InvalidArgumentError, Option } from 'commander'
import { httpUrl, reachable } from './addresses.ts'
import { Failure, WRONG_USAGE } from '../output/failure.ts'

/** `--emulator URL`: the emulator that a verb controls. By default the one that this directory's settings would start. */
export function emulatorOption (): Option {
  return new Option('--emulator <url>', 'URL of the emulator')
    .default(defaultUrl(process.env), 'EMULATOR_HOST and EMULATOR_PORT, or http://127.0.0.1:4566')
    .argParser(parseUrl)
}

/** Parses `http://host:port`; a path is dropped. */
export function parseUrl (text: string): string {
  if (!/^https?:\/\/[^/\s]+\/?$/.test(text) || !URL.canParse(text)) throw new InvalidArgumentError('It takes a URL such as http://127.0.0.1:4566')
  return new URL(text).origin
}

export interface Call {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Below `/_sandtable`. */
  path: string
  /** Members that are `undefined` are left out. */
  query?: Readonly<Record<string, string | number | undefined>>
  /** A JSON object. */
  body?: object
  /** A file, instead of a JSON object. */
  upload?: Readable
}

/**
 * One call of the control API of a running emulator.
 * @throws {@link Failure} if nothing answers, if the server is not an emulator, or with the emulator's own message if it refuses
 */
export async function control<T> (url: string, call: Call): Promise<T> {
  const response = await send(url, call)
  const answer: unknown = await response.json().catch(() => undefined)
  if (!isObject(answer)) throw notTheEmulator(url, response)
  return answer as T // the control API's own, by its route
}

/** The same, for an answer that is not JSON. */
export async function download (url: string, call: Call): Promise<Readable> {
  const { body } = await send(url, call)
  return body ? Readable.fromWeb(body) : Readable.from([])
}

async function send (url: string, { method, path, query = {}, body, upload }: Call): Promise<Response> {
  const target = new URL(`${url}/_sandtable${path}`)
  for (const [name, value] of Object.entries(query)) if (value !== undefined) target.searchParams.set(name, String(value))
  let response: Response
  try {
    response = await fetch(target, {
      method,
      headers: { 'content-type': upload ? 'application/gzip' : 'application/json' },
      body: upload ? Readable.toWeb(upload) as RequestInit['body'] : body && JSON.stringify(body), // two names of the same type
      ...(upload && { duplex: 'half' }),
    })
  } catch (error) {
    if (upload?.errored) throw upload.errored
    throw new Failure(`No emulator answers at ${url}. Start one with: npx sandtable start`, { cause: error })
  }
  if (response.ok) return response
  const answer: unknown = await response.json().catch(() => undefined)
  if (!isObject(answer) || typeof answer.message !== 'string') throw notTheEmulator(url, response)
  throw new Failure(answer.message, { status: response.status === 400 ? WRONG_USAGE : undefined })
}

const notTheEmulator = (url: string, { status }: Response) => new Failure(`What answers at ${url} is not the emulator (status ${status})`)

/** An emulator that listens on all addresses is reached on loopback. */
function defaultUrl ({ EMULATOR_HOST: host, EMULATOR_PORT: port }: NodeJS.ProcessEnv): string {
  const url = httpUrl(host || '127.0.0.1', port || '4566')
  return URL.canParse(url) ? reachable(url) : url
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
