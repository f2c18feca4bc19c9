import { Readable } from 'node:stream'
import { test, type Test } from 'tap'
import { WebConsole } from './index.ts'

const files = {
  'index.html': '<!doctype html><title>Sandtable</title>',
  assets: { 'main-1a2b3c.js': 'export {}', 'main-1a2b3c.css': 'body {}', 'secret.key': 'x' },
  '.built': '',
}

async function ask (web: WebConsole, path: string, { method = 'GET', headers = {} }: { method?: string, headers?: Record<string, string> } = {}) {
  const { body, ...rest } = await web.handle({ method, path, query: new URLSearchParams(), headers, body: (async function * () {})() })
  if (body instanceof Readable) throw new Error('It answers with whole files')
  return { ...rest, body: body === undefined ? undefined : Buffer.from(body).toString() }
}

const open = (t: Test) => new WebConsole(t.testdir(files))

test('the page answers at each of its addresses, with a policy that lets in no script but its own', async (t) => {
  const web = open(t)
  for (const path of ['/_sandtable/console/', '/_sandtable/console/tables/orders', '/_sandtable/console/s3/%3Cb%3E']) {
    const { status, headers, body } = await ask(web, path)
    t.equal(status, 200, path)
    t.equal(body, files['index.html'])
    t.equal(headers['content-type'], 'text/html; charset=utf-8')
    t.equal(headers['cache-control'], 'no-cache')
    t.equal(headers['x-content-type-options'], 'nosniff')
    const policy = headers['content-security-policy']!.split('; ')
    t.ok(policy.includes("script-src 'self'"))
    t.ok(policy.includes("connect-src 'self'"))
    t.ok(policy.includes("frame-ancestors 'none'"))
  }
  const { status, headers } = await ask(web, '/_sandtable/console')
  t.strictSame([status, headers['location']], [308, '/_sandtable/console/'])
})

test('a file whose name has its hash is kept for good, and what is known is not sent again', async (t) => {
  const web = open(t)
  const { headers, body } = await ask(web, '/_sandtable/console/assets/main-1a2b3c.js')
  t.equal(body, 'export {}')
  t.equal(headers['content-type'], 'text/javascript; charset=utf-8')
  t.equal(headers['cache-control'], 'public, max-age=31536000, immutable')
  const again = await ask(web, '/_sandtable/console/assets/main-1a2b3c.js', { headers: { 'if-none-match': `"x", ${headers['etag']}` } })
  t.strictSame([again.status, again.body], [304, undefined])
  const other = await ask(web, '/_sandtable/console/assets/main-1a2b3c.css')
  t.not(other.headers['etag'], headers['etag'])
})

test('nothing outside the folder can be named, and only reading is allowed', async (t) => {
  const web = open(t)
  for (const name of ['assets/none.js', 'assets/../index.html', 'assets/%2e%2e/index.html', 'assets/.built', 'assets/secret.key', 'assets//main-1a2b3c.js', `assets/${'x'.repeat(300)}.js`]) {
    t.equal((await ask(web, `/_sandtable/console/${name}`)).status, 404, name)
  }
  for (const name of ['../package.json', '.built', 'assets', '%00']) {
    t.equal((await ask(web, `/_sandtable/console/${name}`)).body, files['index.html'], name)
  }
  const { status, headers } = await ask(web, '/_sandtable/console/', { method: 'POST' })
  t.strictSame([status, headers['allow']], [405, 'GET, HEAD'])
})

test('a console that has not been built says so', async (t) => {
  const { status, body } = await ask(new WebConsole(t.testdir({})), '/_sandtable/console/')
  t.equal(status, 404)
  t.match(body, 'npm run build')
})
