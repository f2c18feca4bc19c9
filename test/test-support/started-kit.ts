import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'

const CLI = join(dirname(createRequire(import.meta.url).resolve('sandtable/package.json')), 'dist/cli/index.js')

/** Nothing of the user's own settings is read, and a busy machine sheds no load. */
const environment = (settings: Record<string, string>): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  AWS_ACCESS_KEY_ID: 'sandtable',
  AWS_SECRET_ACCESS_KEY: 'sandtable',
  AWS_REGION: 'us-east-1',
  NODE_NO_WARNINGS: '1',
  LOG_LEVEL: 'silent',
  PORT: '0',
  EMULATOR_PORT: '0',
  MAX_EVENT_LOOP_DELAY: '10m',
  ...settings,
})

/** `sandtable start` as it is built, in a process of its own, with its state in a directory. */
export class StartedKit {
  readonly api: string
  readonly emulator: string
  readonly #process: ChildProcess
  readonly #directory: string

  private constructor (process: ChildProcess, directory: string, urls: { api: string, emulator: string }) {
    this.#process = process
    this.#directory = directory
    this.api = urls.api
    this.emulator = urls.emulator
  }

  /** Resolves when it is ready. */
  static async start (t: Test, directory: string, settings: Record<string, string> = {}): Promise<StartedKit> {
    const child = spawn(process.execPath, [CLI, 'start', '--empty', '--data', join(directory, 'data')], { cwd: directory, env: environment(settings), stdio: ['ignore', 'pipe', 'inherit'] })
    t.teardown(() => child.kill('SIGKILL'))
    let said = ''
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      said += String(chunk)
      const [, api, emulator] = /ready: API (\S+), docs \S+, emulator (\S+)\n/.exec(said) ?? []
      if (api === undefined || emulator === undefined) continue
      child.stdout.resume()
      return new StartedKit(child, directory, { api, emulator })
    }
    throw new Error(`It never was ready: ${said}`)
  }

  /** The peak memory of its process, in MB, as Linux reports it. */
  async peakMb (): Promise<number> {
    const status = await readFile(`/proc/${this.#process.pid}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024
  }

  /** Ends it as nothing can be prepared for. */
  async kill (): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }

  /** A verb of the command, against its emulator; gives what it printed. */
  async run (...args: string[]): Promise<string> {
    const { stdout } = await this.spawned(...args).done
    return stdout
  }

  /** The same, while it runs. Rejects with `stdout` and `stderr` when it fails. */
  spawned (...args: string[]): { process: ChildProcess, done: Promise<{ stdout: string }> } {
    const done = promisify(execFile)(process.execPath, [CLI, ...args], {
      cwd: this.#directory, env: environment({ AWS_ENDPOINT_URL: this.emulator }), maxBuffer: 1 << 30,
    })
    return { process: done.child, done }
  }

  /** One call of the API, or of the control API by a whole URL; fails unless the status is the one that is wanted. */
  async call<T> (method: string, url: string, { body, status = 200, token }: { body?: object, status?: number, token?: string } = {}): Promise<T> {
    const response = await fetch(url.startsWith('/') ? this.api + url : url, {
      method,
      headers: { ...token !== undefined && { authorization: `Bearer ${token}` }, ...body && { 'content-type': 'application/json' } },
      body: body && JSON.stringify(body),
    })
    const text = await response.text()
    if (response.status !== status) throw new Error(`${method} ${url} answered ${response.status}: ${text.slice(0, 300)}`)
    return JSON.parse(text) as T // as the route is documented
  }

  /** A token of the emulator's issuer. */
  async token (sub: string, groups: string[] = []): Promise<string> {
    const issued = await this.call<{ token: string }>('POST', `${this.emulator}/_sandtable/tokens`, { body: { sub, groups } })
    return issued.token
  }
}
