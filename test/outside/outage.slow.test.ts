import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { test } from 'tap'

// As this file is: built, or TypeScript that has to be loaded.
const ENDING = extname(import.meta.filename)
const NODE_ARGS = ENDING === '.ts' ? [`--import=${import.meta.resolve('tsx')}`] : []
const CLI = join(import.meta.dirname, `../../cli/index${ENDING}`)

const REQUESTS = 60

for (const store of ['embedded', 'dynamodb'] as const) {
  test(`a process with the store ${store} recovers from an outage`, async (t) => {
    const child = spawn(process.execPath, [...NODE_ARGS, CLI, 'start'], {
      cwd: tmpdir(),
      env: { ...process.env, PORT: '0', EMULATOR_PORT: '0', STORE: store, AWS_ACCESS_KEY_ID: 'sandtable', AWS_SECRET_ACCESS_KEY: 'sandtable', LOG_LEVEL: 'silent' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.teardown(() => { child.kill('SIGKILL') })
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text })
    while (!out.includes('Sandtable is ready')) await once(child.stdout, 'data')
    const [, api, emulator] = /API (http:[^\s,]+).*emulator (http:[^\s,]+)/.exec(out)!

    const statuses = (count: number) => Promise.all(Array.from({ length: count }, async () => {
      const response = await fetch(`${api}/api/registrations/unknown`)
      await response.text()
      return response.status
    }))
    const all = (status: number, count = REQUESTS) => Array.from({ length: count }, () => status)
    const faults = `${emulator}/_sandtable/faults`
    async function addFault (rule: object): Promise<void> {
      const response = await fetch(faults, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(rule) })
      t.ok(response.ok, await response.text())
    }
    const removeFaults = () => fetch(faults, { method: 'DELETE' })

    t.strictSame(await statuses(REQUESTS), all(404), 'before it')
    await addFault({ error: 'connection-reset' })
    t.strictSame(await statuses(REQUESTS), all(503), 'during it')
    await removeFaults()
    t.strictSame(await statuses(REQUESTS), all(404), 'after it')
    await addFault({ error: 'connection-reset', times: 1 })
    t.strictSame(await statuses(1), all(404, 1), 'and a single reset is retried')
    await removeFaults()
    await addFault({ error: 'throttle', share: 0.3, seed: 1 })
    t.strictSame(await statuses(REQUESTS), all(404), 'all requests succeed when three calls in ten are throttled')
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
}
