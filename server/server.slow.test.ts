import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { extname, join } from 'node:path'
import { test, type Test } from 'tap'
import { ConfigError, loadConfig } from './config.ts'
import type { Feature } from './features/feature.ts'
import { runUntilStopped, type ProcessLike, type Running } from './process.ts'
import { startServer } from './server.ts'
import { openStore } from './store.ts'
import { testStore } from './test-support/app.ts'

/** A promise and its resolution: Node 20 has no Promise.withResolvers(). */
function deferred<T> () {
  let resolve: (value: T) => void
  const promise = new Promise<T>((_resolve) => { resolve = _resolve })
  return { promise, resolve: resolve! }
}

/** A route that answers on request. */
function waiting () {
  const { promise: released, resolve: release } = deferred<void>()
  const { promise: arrived, resolve: arrive } = deferred<void>()
  const feature: Feature = {
    name: 'waiting',
    tables: () => [],
    async register (api) {
      api.get('/waits', async () => {
        arrive()
        await released
        return { waited: true }
      })
    },
  }
  return { feature, release, arrived }
}

async function start (t: Test, options: { features?: readonly Feature[], config?: Record<string, string> } = {}) {
  const { aws, clock } = await testStore(t)
  const server = await startServer({ config: loadConfig({ PORT: '0', ...options.config }), aws, clock, features: options.features ?? [] })
  t.teardown(() => server.close())
  return server
}

test('a server', async (t) => {
  t.test('listens where it says', async (t) => {
    const { url } = await start(t)
    t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
    t.equal((await fetch(`${url}/health`)).status, 200)
    const six = await start(t, { config: { HOST: '::1' } })
    t.match(six.url, /^http:\/\/\[::1\]:\d+$/)
    t.equal((await fetch(`${six.url}/health`)).status, 200)
  })

  t.test('does not start on a port in use', async (t) => {
    const { url } = await start(t)
    await t.rejects(start(t, { config: { PORT: new URL(url).port } }), { code: 'EADDRINUSE' })
    t.equal((await fetch(`${url}/health`)).status, 200, 'and the one that is there goes on')
  })

  t.test('finishes running requests when it closes, and accepts no more', async (t) => {
    const { feature, release, arrived } = waiting()
    const { url, close } = await start(t, { features: [feature] })
    const answer = fetch(`${url}/api/waits`)
    await arrived
    const closed = close()
    release()
    t.strictSame(await (await answer).json(), { waited: true })
    await closed
    await t.rejects(fetch(`${url}/health`), 'no new connection')
  })

  t.test('closes although a client keeps its connection open', async (t) => {
    const { url, close } = await start(t)
    const agent = new Agent({ keepAlive: true })
    t.teardown(() => agent.destroy())
    const [response] = await once(get(`${url}/health`, { agent }), 'response') as [IncomingMessage]
    response.resume()
    await once(response, 'end')
    await close()
    t.pass('it closed')
  })

  t.test('cancels requests that do not end in time', async (t) => {
    const { feature, arrived } = waiting()
    const { url, close } = await start(t, { features: [feature], config: { SHUTDOWN_TIMEOUT: '50ms' } })
    const answer = t.rejects(fetch(`${url}/api/waits`))
    await arrived
    await close()
    await answer
  })

  t.test('opens the embedded store by itself, with its tables and its bucket', async (t) => {
    const server = await startServer({ config: loadConfig({ PORT: '0' }) })
    t.teardown(() => server.close())
    t.match(await (await fetch(`${server.url}/ready`)).json(), { data: { store: 'embedded', tables: [{ status: 'ACTIVE' }, { status: 'ACTIVE' }, { status: 'ACTIVE' }] } })
  })

  t.test('uses a running emulator, and leaves it running', async (t) => {
    const { emulator } = await testStore(t)
    const store = await openStore(loadConfig({}), emulator)
    t.equal(store.clock, emulator.clock)
    await store.close()
    t.ok((await openStore(loadConfig({}), emulator)).aws, 'with its tables made already')
  })
})

/** A process that only notes what happens to it. */
function fakeProcess () {
  const listeners = new Map<string, (value: unknown) => void>()
  const written: string[] = []
  const { promise: exited, resolve } = deferred<number>()
  const exits: number[] = []
  const on: ProcessLike = {
    on: (event, listener) => listeners.set(event, listener),
    exit (code) {
      exits.push(code)
      resolve(code)
    },
    stderr: { write: (text) => written.push(text) },
  }
  return { on, exited, exits, written, send: (event: string, value?: unknown) => listeners.get(event)!(value) }
}

test('a process', async (t) => {
  const running = (close: () => Promise<void> = async () => {}): Running => ({ close })

  t.test('closes and exits with 0 at the first signal', async (t) => {
    for (const signal of ['SIGTERM', 'SIGINT']) {
      const { on, send, exited, written } = fakeProcess()
      let closed = 0
      await runUntilStopped(async () => running(async () => { closed++ }), on)
      send(signal)
      t.equal(await exited, 0, signal)
      t.equal(closed, 1)
      t.strictSame(written, [])
    }
  })

  t.test('exits at once at the second', async (t) => {
    const { on, send, exits } = fakeProcess()
    await runUntilStopped(async () => running(() => new Promise(() => {})), on)
    send('SIGTERM')
    t.strictSame(exits, [])
    send('SIGINT')
    t.strictSame(exits, [130])
  })

  t.test('handles a signal that arrives while it starts', async (t) => {
    const { on, send, exited } = fakeProcess()
    const { promise, resolve } = deferred<Running>()
    let closed = false
    const run = runUntilStopped(() => promise, on)
    send('SIGTERM')
    resolve(running(async () => { closed = true }))
    await run
    t.equal(await exited, 0)
    t.ok(closed)
  })

  t.test('reports in one line why it does not start', async (t) => {
    const reasons: [Error, number, string][] = [
      [new ConfigError('PORT', '"x"', 'a number'), 2, 'PORT is "x"; it takes a number\n'],
      [Object.assign(new Error('listen'), { code: 'EADDRINUSE', port: 3000, address: '127.0.0.1' }), 1, 'Port 3000 on 127.0.0.1 is in use. Set another port, or 0 to let the system choose.\n'],
      [Object.assign(new Error('listen'), { code: 'EACCES', port: 80 }), 1, 'This user may not open port 80.\n'],
    ]
    for (const [error, code, line] of reasons) {
      const { on, exits, written } = fakeProcess()
      await runUntilStopped(() => Promise.reject(error), on)
      t.strictSame([exits, written], [[code], [line]])
    }
  })

  t.test('exits with 1 after an uncaught error, and closes before', async (t) => {
    for (const event of ['uncaughtException', 'unhandledRejection']) {
      const { on, send, exited, written } = fakeProcess()
      let closed = false
      await runUntilStopped(async () => running(async () => { closed = true }), on)
      send(event, new TypeError('a bug'))
      t.equal(await exited, 1)
      t.ok(closed)
      t.match(written.join(''), /TypeError: a bug\n\s+at /, 'told with its stack')
    }
  })

  t.test('exits with 1 when closing fails', async (t) => {
    const { on, send, exited, written } = fakeProcess()
    await runUntilStopped(async () => running(() => Promise.reject(new Error('stuck'))), on)
    send('SIGTERM')
    t.equal(await exited, 1)
    t.match(written.join(''), /^Stopping failed: Error: stuck/)
  })
})

test('the API as a process of its own', async (t) => {
  // As this file is: built, or TypeScript that has to be loaded.
  const ending = extname(import.meta.filename)
  const main = join(import.meta.dirname, `main${ending}`)
  const loader = ending === '.ts' ? ['--import=tsx'] : []

  /** Runs it, and gives what it writes. */
  function run (env: Record<string, string>) {
    const child = spawn(process.execPath, [...loader, '--input-type=module', '--eval', `import { runServer } from ${JSON.stringify(main)}; await runServer()`], {
      cwd: join(import.meta.dirname, '..'), env: { ...process.env, ...env },
    })
    t.teardown(() => { child.kill('SIGKILL') })
    const out = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => { out[name] += text })
    return { child, out, ended: once(child, 'close') as Promise<[code: number | null]> }
  }

  const right = run({ PORT: '0' })
  const wrong = run({ PORT: 'abc' })

  t.test('reports that it is ready, serves, logs, and ends at a signal', async (t) => {
    const { child, out, ended } = right
    while (!out.stdout.includes('ready')) await once(child.stdout, 'data')
    const url = /API (http:\S+),/.exec(out.stdout)?.[1]
    t.ok(url, out.stdout)
    const response = await fetch(`${url}/ready`, { headers: { 'x-request-id': 'from-outside' } })
    t.equal(response.status, 200)
    child.kill('SIGTERM')
    t.strictSame(await ended, [0, null])
    const logged = out.stdout.split('\n').find((line) => line.includes('from-outside'))!
    t.match(JSON.parse(logged), { requestId: 'from-outside', route: '/ready', status: 200 })
  })

  t.test('does not start with a wrong setting', async (t) => {
    const { out, ended } = wrong
    t.strictSame(await ended, [2, null])
    t.match(out.stderr.trim().split('\n').at(-1), 'PORT is "abc"; it takes a whole number from 0 to 65535')
    t.equal(out.stdout, '')
  })
})
