import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { test } from 'tap'
import { BadTokenRequest, startEmulator, type EmulatorOptions, type TokenRequest } from '../index.ts'
import { TEST_TIME, testEmulator } from '../test-support/emulator.ts'

const UUID = /^[0-9a-f-]{36}$/
const NOW = TEST_TIME / 1000

test('a token has the shape of a Cognito user pool\'s', async (t) => {
  const { tokens } = await testEmulator(t, { listen: false })
  const { keys: [key] } = await tokens.keys()

  t.test('an access token (amazon-cognito-user-pools-using-the-access-token.html)', async (t) => {
    const { token, claims, expiresAt } = await tokens.issue({ sub: 'ada', groups: ['admin', 'staff'], clientId: 'app-1' })
    t.strictSame(decodeProtectedHeader(token), { alg: 'RS256', kid: key!.kid })
    t.match(claims, { origin_jti: UUID, event_id: UUID, jti: UUID })
    t.match(claims, {
      sub: 'ada',
      'cognito:groups': ['admin', 'staff'],
      iss: tokens.issuer,
      client_id: 'app-1',
      token_use: 'access',
      scope: 'aws.cognito.signin.user.admin',
      auth_time: NOW,
      iat: NOW,
      exp: NOW + 3600,
      username: 'ada',
    })
    t.notOk('aud' in claims)
    t.equal(expiresAt, '2026-03-01T13:00:00.000Z')
  })

  t.test('an ID token (amazon-cognito-user-pools-using-the-id-token.html)', async (t) => {
    const { claims } = await tokens.issue({ sub: 'ada', use: 'id', ttl: '90s', claims: { email: 'ada@example.org' } })
    t.match(claims, { aud: 'sandtable', token_use: 'id', 'cognito:username': 'ada', email: 'ada@example.org', exp: NOW + 90 })
    t.notOk('client_id' in claims)
    t.notOk('cognito:groups' in claims, 'whoever is in no group has no such claim')
  })

  t.test('is valid by its key until it expires by the emulator\'s clock', async (t) => {
    const emulator = await testEmulator(t, { listen: false })
    const { token } = await emulator.tokens.issue({ sub: 'ada', ttl: '31d' })
    const check = async () => jwtVerify(token, createLocalJWKSet(await emulator.tokens.keys()), { currentDate: new Date(emulator.clock.now()) })
    t.match(await check(), { payload: { sub: 'ada' } })
    await emulator.reset()
    await emulator.clock.advance(31 * 86_400_000 - 1000)
    t.match(await check(), { payload: { sub: 'ada' } }, 'a reset changes nobody\'s identity')
    await emulator.clock.advance(1000)
    await t.rejects(check(), { code: 'ERR_JWT_EXPIRED' })
  })

  t.test('reveals only the public part of the key', async (t) => {
    t.strictSame(Object.keys(key!).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
    t.match(key, { kty: 'RSA', alg: 'RS256', use: 'sig', kid: /^[\w-]{43}$/ })
    t.strictSame(await tokens.keys(), { keys: [key] }, 'which stays the same')
  })
})

test('an invalid request for a token is refused with a message', async (t) => {
  const { tokens } = await testEmulator(t, { listen: false })
  const wrong: [request: unknown, says: string | RegExp][] = [
    [{}, 'The request needs sub'],
    [undefined, /^The request must be object/],
    [{ sub: '' }, '"sub" takes the user, in 1 to 256 characters without control characters, not ""'],
    [{ sub: 'x'.repeat(257) }, /"sub" takes/],
    [{ sub: 'a\nb' }, /"sub" takes/],
    [{ sub: 'ada', group: 'admin' }, 'The request has no member group'],
    [{ sub: 'ada', groups: 'admin' }, '"groups" must be array'],
    [{ sub: 'ada', groups: ['two words'] }, /^"groups\.0" takes the name of a group/],
    [{ sub: 'ada', groups: Array.from({ length: 101 }, (_, i) => `g${i}`) }, /^"groups" must not have more than 100/],
    [{ sub: 'ada', use: 'refresh' }, /^"use" takes access .* or id .*, not "refresh"$/],
    [{ sub: 'ada', clientId: 'a b' }, /^"clientId" takes an app client/],
    [{ sub: 'ada', ttl: 3600 }, /^"ttl" takes a duration from 1s to 366d, .*, not 3600$/],
    [{ sub: 'ada', ttl: 'soon' }, /^"ttl" takes a duration from 1s to 366d, .*, not "soon"$/],
    [{ sub: 'ada', ttl: '999ms' }, /^"ttl" takes/],
    [{ sub: 'ada', ttl: '367d' }, /^"ttl" takes/],
    [{ sub: 'ada', claims: { exp: 1, iss: 'https://example.org' } }, '"claims" must not have exp, iss: the issuer sets that itself'],
    [{ sub: 'ada', claims: { note: 'x'.repeat(4096) } }, '"claims" must not have more than 4096 bytes as JSON'],
  ]
  for (const [request, says] of wrong) {
    await t.rejects(tokens.issue(request as TokenRequest), { constructor: BadTokenRequest, message: says }, JSON.stringify(request)?.slice(0, 60))
  }
})

test('over HTTP, with the paths of a Cognito user pool', async (t) => {
  const { url, tokens } = await testEmulator(t)
  const post = async (body: object) => {
    const response = await fetch(`${url}/_sandtable/tokens`, { method: 'POST', body: JSON.stringify(body) })
    return { status: response.status, body: await response.json() as { token: string, message: string } }
  }
  t.equal(tokens.issuer, `${url}/_sandtable/issuer`)
  const { status, body: { token } } = await post({ sub: 'ada', groups: ['admin'] })
  t.equal(status, 200)
  const keys = createRemoteJWKSet(new URL(`${tokens.issuer}/.well-known/jwks.json`))
  t.match(await jwtVerify(token, keys, { issuer: tokens.issuer, currentDate: new Date(TEST_TIME) }), { payload: { sub: 'ada', 'cognito:groups': ['admin'] } })
  t.strictSame(await (await fetch(`${tokens.issuer}/.well-known/openid-configuration`)).json(), {
    issuer: tokens.issuer,
    jwks_uri: `${tokens.issuer}/.well-known/jwks.json`,
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: [],
    subject_types_supported: ['public'],
  })
  t.match(await post({ sub: 'ada', ttl: '5y' }), { status: 400, body: { message: /^"ttl" takes/ } })
  t.match(await post({}), { status: 400 })
})

test('each emulator has its own key and issuer name', async (t) => {
  const one = await testEmulator(t, { listen: { host: '0.0.0.0' } })
  const other = await testEmulator(t, { issuer: 'http://emulator:4566/_sandtable/issuer' })
  t.equal(one.tokens.issuer, `http://127.0.0.1:${new URL(one.url!).port}/_sandtable/issuer`, 'one that listens everywhere by an address that can be reached')
  t.match((await other.tokens.issue({ sub: 'ada' })).claims, { iss: 'http://emulator:4566/_sandtable/issuer' })
  const { token } = await one.tokens.issue({ sub: 'ada' })
  await t.rejects(jwtVerify(token, createLocalJWKSet(await other.tokens.keys())), { code: 'ERR_JWKS_NO_MATCHING_KEY' })
})

test('the key stays the same in a data directory, and tokens stay valid after a restart', async (t) => {
  const options: EmulatorOptions = { listen: false, dataPath: t.testdir(), frozenAt: TEST_TIME }
  const first = await startEmulator(options)
  const { token } = await first.tokens.issue({ sub: 'ada' })
  await first.reset()
  await first.close()
  const second = await testEmulator(t, options)
  t.match(await jwtVerify(token, createLocalJWKSet(await second.tokens.keys()), { currentDate: new Date(TEST_TIME) }), { payload: { sub: 'ada' } })
})
