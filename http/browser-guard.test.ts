import { test } from 'tap'
import { BrowserGuard, isReachableFromOutside } from './browser-guard.ts'

const passes = (guard: BrowserGuard, headers: Record<string, string>, method = 'POST') => guard.refusal(method, headers) === undefined

test('a host is local, the listening address or named in the settings', (t) => {
  const guard = new BrowserGuard({ allowedHosts: ['sandtable', 'box.example'] })
  for (const host of ['localhost', 'LOCALHOST:4566', 'localhost.', 'bucket.localhost', 'bucket.s3.localhost:4566', '127.0.0.1:4566', '127.1.2.3', '[::1]:4566', '[::ffff:127.0.0.1]', 'sandtable:4566', 'bucket.sandtable', 'box.example', 'photos.s3.amazonaws.com']) t.ok(passes(guard, { host }), host)
  for (const host of ['evil.example', '203.0.113.5', '0.0.0.0:4566', '192.168.1.5', 'emulator:4566', 'localhost.evil.example', 'evil-localhost', 'amazonaws.com.evil.example', 'evilsandtable', '', 'a@localhost', 'localhost/x', '[::2]']) t.notOk(passes(guard, { host }), host)
  t.ok(passes(guard, {}), 'HTTP/1.0 has none')
  const bound = new BrowserGuard({ listenHost: '192.168.1.5' })
  t.same(['192.168.1.5:80', '192.168.1.6'].map((host) => passes(bound, { host })), [true, false])
  const everywhere = new BrowserGuard({ listenHost: '0.0.0.0' })
  t.same(['192.168.1.5:80', '[fd00::1]', 'evil.example'].map((host) => passes(everywhere, { host })), [true, true, false])
  t.end()
})

test('an origin is of this machine, the server itself or named in the settings', (t) => {
  const guard = new BrowserGuard({ listenHost: '0.0.0.0', allowedHosts: ['box.example'], allowedOrigins: ['https://app.example:8443'] })
  const from = (origin: string, host = 'localhost:3000') => passes(guard, { host, origin })
  for (const origin of ['http://localhost:5173', 'http://127.0.0.1', 'http://[::1]:80', 'https://box.example', 'https://app.example:8443']) t.ok(from(origin), origin)
  for (const origin of ['null', '', 'http://203.0.113.5', 'http://emulator', 'http://evil.example', 'https://app.example', 'http://app.example:8443', 'https://x.box.example', 'http://photos.s3.amazonaws.com', 'http://localhost.evil.example']) t.notOk(from(origin), origin)
  t.ok(from('http://192.168.1.5:3000', '192.168.1.5:3000'), 'a page of the server itself')
  t.notOk(from('http://192.168.1.5:8000', '192.168.1.5:3000'))
  t.end()
})

test('a cross-site browser request without an origin is rejected, except a followed link', (t) => {
  const guard = new BrowserGuard()
  const sent = (headers: Record<string, string>, method = 'GET') => passes(guard, { host: 'localhost', ...headers }, method)
  t.notOk(sent({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }))
  t.notOk(sent({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }))
  t.notOk(sent({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 'POST'))
  t.ok(sent({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }))
  t.ok(sent({ 'sec-fetch-site': 'cross-site', origin: 'http://localhost:5173' }, 'POST'))
  t.same(['same-origin', 'same-site', 'none'].map((site) => sent({ 'sec-fetch-site': site }, 'POST')), [true, true, true])
  t.end()
})

test('isReachableFromOutside says whether other machines reach a listening address', (t) => {
  t.same(['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::', '192.168.1.5'].map(isReachableFromOutside), [false, false, false, true, true, true])
  t.end()
})
