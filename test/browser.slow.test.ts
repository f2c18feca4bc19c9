// A hostile page in a real Chromium: on an address of its own, under a name that resolves to this machine, and in a form.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { test } from 'tap'
import { loadConfig } from '../server/config.ts'
import { openSandtable } from '../sandtable.ts'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const skip = existsSync(CHROMIUM) ? false : `there is no ${CHROMIUM}; CHROMIUM names another one`

/** What the page finds out, by the name of each attempt. */
type Findings = Record<string, string>

/** The page tries everything, and sends what it found to the server that it came from. */
const page = (apiUrl: string, emulatorUrl: string) => `<!doctype html><script type="module">
  const target = { 'x-amz-target': 'DynamoDB_20120810.ListTables', 'content-type': 'application/x-amz-json-1.0' }
  const rebound = (url) => { const u = new URL(url); u.hostname = location.hostname; return u.origin }
  const attempt = (url, init) => fetch(url, { signal: AbortSignal.timeout(5000), ...init }).then((r) => r.type === 'opaque' ? 'opaque' : String(r.status), () => 'blocked')
  const form = new FormData()
  form.set('userId', 'mallory')
  form.set('file', new Blob(['x']), 'a.jpg')
  const found = {
    scan: await attempt('${emulatorUrl}/', { method: 'POST', headers: target, body: '{}' }),
    reset: await attempt('${emulatorUrl}/_sandtable/reset', { method: 'POST', mode: 'no-cors', body: '{}' }),
    token: await attempt('${emulatorUrl}/_sandtable/tokens', { method: 'POST', body: '{"sub":"mallory","groups":["admin"]}' }),
    api: await attempt('${apiUrl}/api/images/recent', {}),
    upload: await attempt('${apiUrl}/api/images', { method: 'POST', mode: 'no-cors', body: form }),
    event: await attempt('${apiUrl}/api/events', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"evil","capacity":1}' }),
    reboundControl: await attempt(rebound('${emulatorUrl}') + '/_sandtable/clock', {}),
    reboundCall: await attempt(rebound('${emulatorUrl}') + '/', { method: 'POST', headers: target, body: '{}' }),
    reboundApi: await attempt(rebound('${apiUrl}') + '/api/images/recent', {}),
  }
  await fetch('/found', { method: 'POST', body: JSON.stringify(found) })
</script>`

test('a hostile page in Chromium reaches nothing, and a page of this machine reaches the API', { skip, timeout: 120_000 }, async (t) => {
  const sandtable = await openSandtable({ config: loadConfig({ PORT: '0', EMULATOR_PORT: '0' }) })
  t.teardown(() => sandtable.close())
  let tell: (findings: Findings) => void = () => {}
  const site = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.setHeader('content-type', 'text/html').end(page(sandtable.apiUrl, sandtable.emulatorUrl))
      return
    }
    let text = ''
    request.on('data', (chunk: Buffer) => { text += chunk.toString() })
    request.on('end', () => {
      response.end()
      tell(JSON.parse(text) as Findings)
    })
  }).listen(0, '127.0.0.1')
  await once(site, 'listening')
  t.teardown(() => { site.close().closeAllConnections() })
  const { port } = site.address() as AddressInfo // it listens on a port

  async function visit (host: string): Promise<Findings> {
    const profile = await mkdtemp(join(tmpdir(), 'sandtable-browser-'))
    const found = new Promise<Findings>((resolve) => { tell = resolve })
    const browser = spawn(CHROMIUM, [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', `--user-data-dir=${profile}`, '--host-resolver-rules=MAP evil.example 127.0.0.1, MAP 203.0.113.5 127.0.0.1', `http://${host}:${port}/`,
    ], { stdio: 'ignore' })
    const ended = once(browser, 'exit')
    try {
      return await Promise.race([found, ended.then(() => { throw new Error('Chromium ended early') })])
    } finally {
      browser.kill('SIGKILL')
      await ended
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    }
  }

  const { dynamodb } = sandtable.clients()
  await dynamodb.send(new CreateTableCommand({
    TableName: 'kept', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }))
  const before = await (await fetch(`${sandtable.emulatorUrl}/_sandtable/trace?limit=1`)).json() as { sequence: number }
  for (const host of ['evil.example', '203.0.113.5']) {
    const found = await visit(host)
    t.comment(host, found)
    for (const [what, result] of Object.entries(found)) t.ok(['blocked', '403', 'opaque'].includes(result), `${host}: ${what} is ${result}`)
  }
  const after = await (await fetch(`${sandtable.emulatorUrl}/_sandtable/trace?limit=1`)).json() as { sequence: number }
  t.equal(after.sequence, before.sequence, 'no call reached AWS')
  t.ok((await dynamodb.send(new ListTablesCommand({}))).TableNames!.includes('kept'), 'nothing was reset')
  const local = await visit('localhost')
  t.comment('localhost', local)
  t.match(local, { scan: /^400$/, api: '200', event: '201' })
})
