import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import { test, type Test } from 'tap'
import { testEmulator } from '../../emulator/test-support/emulator.ts'
import { TEST_TIME } from '../test-support/app.ts'
import type { FetchTimes } from './keys.ts'
import { RecentTokens } from './recent-tokens.ts'
import { CLIENT, fakePool, NOW, type FakePool } from './test-support/fake-pool.ts'
import { createTokenVerifier } from './verifier.ts'

/** What checks a pool's tokens, at a time that stands still. */
async function poolVerifier (t: Test, { fetchTimes, issuer, rememberMs = 0 }: { fetchTimes?: Partial<FetchTimes>, issuer?: string, rememberMs?: number } = {}) {
  const pool = await fakePool(t)
  const clock = { time: TEST_TIME, now: () => clock.time }
  const verify = createTokenVerifier({ config: { issuer: issuer ?? pool.issuer, audience: [CLIENT, 'other-client'] }, clock, fetchTimes, rememberMs })!
  return { pool, clock, verify }
}

const invalid = (why: string | RegExp) => ({ statusCode: 401, code: 'INVALID_TOKEN', message: why })
const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

test('tokens of a user pool (AUTH_ISSUER and AUTH_AUDIENCE) are accepted', async (t) => {
  const { pool, verify } = await poolVerifier(t)
  const accepted: [what: string, claims: JWTPayload, groups: string[]][] = [
    ['an access token of an app client', {}, []],
    ['of another one that is named', { client_id: 'other-client' }, []],
    ['with groups', { 'cognito:groups': ['admin', 'staff'] }, ['admin', 'staff']],
    ['with groups that are none', { 'cognito:groups': 'admin' }, []],
    ['an ID token', { token_use: 'id', client_id: undefined, aud: CLIENT }, []],
    ['a token of another kind of issuer, for several audiences', { token_use: undefined, client_id: undefined, aud: ['x', CLIENT] }, []],
    ['one that begins now and ends in a second', { nbf: NOW, exp: NOW + 1 }, []],
  ]
  for (const [what, claims, groups] of accepted) t.strictSame(await verify(await pool.sign(claims)), { id: 'ada', groups }, what)
  t.equal(pool.fetches, 1, 'with its keys fetched once')
})

test('invalid tokens are refused', async (t) => {
  const { pool, verify } = await poolVerifier(t)
  const good = await pool.sign()
  const [header, payload, signature] = good.split('.') as [string, string, string] // so is every token
  t.match(await verify(good), { id: 'ada' }, 'unlike the one that they are made of')

  const claims: [what: string, claims: JWTPayload, error: { statusCode: number, code: string }][] = [
    ['expired a moment ago', { exp: NOW }, { statusCode: 401, code: 'TOKEN_EXPIRED' }],
    ['without an end', { exp: undefined }, invalid(/"exp"/)],
    ['not valid yet', { nbf: NOW + 1 }, invalid(/"nbf"/)],
    ['of another issuer', { iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other' }, invalid(/"iss"/)],
    ['of no issuer', { iss: undefined }, invalid(/"iss"/)],
    ['for another app client', { client_id: 'somebody-elses' }, invalid(/"client_id"/)],
    ['for no app client', { client_id: undefined }, invalid(/"client_id"/)],
    ['for another app client, and this audience', { client_id: 'somebody-elses', aud: CLIENT }, invalid(/"client_id"/)],
    ['an ID token for another audience', { token_use: 'id', aud: 'somebody-elses' }, invalid(/"aud"/)],
    ['an ID token without an audience, and this app client', { token_use: 'id' }, invalid(/"aud"/)],
    ['a refresh token', { token_use: 'refresh' }, invalid(/neither an access token nor an ID token/)],
    ['of nobody', { sub: undefined }, invalid(/"sub"/)],
    ['with a control character in the id', { sub: 'ada\nlovelace' }, invalid(/"sub"/)],
    ['of an id that is too long', { sub: 'x'.repeat(257) }, invalid(/"sub"/)],
    ['of an empty id', { sub: '' }, invalid(/"sub"/)],
  ]
  for (const [what, changed, error] of claims) await t.rejects(pool.sign(changed).then(verify), error, what)

  const pem = createPublicKey({ key: pool.keys[0] as JsonWebKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
  const hmac = (key: string | Buffer, alg = 'HS256') => {
    const signed = `${segment({ alg, kid: 'key-1', typ: 'JWT' })}.${payload}`
    return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
  }
  const mine = await generateKeyPair('RS256')
  const sign = (header: Record<string, unknown>) => new SignJWT(JSON.parse(Buffer.from(payload, 'base64url').toString()) as JWTPayload)
    .setProtectedHeader({ alg: 'RS256', ...header }).sign(mine.privateKey)
  const jwk = await exportJWK(mine.publicKey)
  const made: [what: string, token: string, why: RegExp][] = [
    ['alg none', `${segment({ alg: 'none' })}.${payload}.`, /"alg"/],
    ['alg none, with the signature', `${segment({ alg: 'none', kid: 'key-1' })}.${payload}.${signature}`, /"alg"/],
    ['alg None', `${segment({ alg: 'None' })}.${payload}.`, /"alg"/],
    ['no alg', `${segment({ kid: 'key-1' })}.${payload}.${signature}`, /"alg"/],
    ['the public key as PEM, taken for a secret', hmac(pem), /"alg"/],
    ['the public key as DER, taken for a secret', hmac(createPublicKey(pem).export({ type: 'spki', format: 'der' })), /"alg"/],
    ['the public key as JWK, taken for a secret', hmac(JSON.stringify(pool.keys[0])), /"alg"/],
    ['the modulus, taken for a secret', hmac(Buffer.from(pool.keys[0]!.n!, 'base64url')), /"alg"/],
    ['an HMAC that says RS256', hmac(pem, 'RS256'), /signature/],
    ['another RSA algorithm', `${segment({ alg: 'RS512', kid: 'key-1' })}.${payload}.${signature}`, /"alg"/],
    ['a changed payload', `${header}.${segment({ sub: 'ada', iss: pool.issuer, client_id: CLIENT, token_use: 'access', exp: NOW + 3600, 'cognito:groups': ['admin'] })}.${signature}`, /signature/],
    ['a changed header', `${segment({ alg: 'RS256', kid: 'key-1', typ: 'x' })}.${payload}.${signature}`, /signature/],
    ['no signature', `${header}.${payload}.`, /signature/],
    ['a changed signature', `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`, /signature/],
    ['an unknown key', await sign({ kid: 'key-99' }), /no applicable key/],
    ['a foreign key by a known id', await sign({ kid: 'key-1' }), /signature/],
    ['a foreign key that it brings along', await sign({ kid: 'key-1', jwk }), /signature/],
    ['a foreign key that it names a URL of', await sign({ kid: 'key-1', jku: 'http://127.0.0.1:1/jwks.json' }), /signature/],
    ['an extension that nobody knows', `${segment({ alg: 'RS256', kid: 'key-1', crit: ['x'], x: 1 })}.${payload}.${signature}`, /"x" is not recognized/],
    ['two parts', `${header}.${payload}`, /./],
    ['five parts', `${header}.${payload}.${signature}.a.b`, /./],
    ['a payload that is no JSON', `${header}.${Buffer.from('ada').toString('base64url')}.${signature}`, /./],
    ['garbage', 'garbage', /./],
    ['nothing', '..', /./],
  ]
  for (const [what, token, why] of made) await t.rejects(verify(token), invalid(why), what)
  t.equal(pool.fetches, 1, 'and nobody has the keys fetched again by sending tokens')
})

test('a new key is fetched, and a withdrawn one is no longer accepted', async (t) => {
  const { pool, verify } = await poolVerifier(t, { fetchTimes: { cooldown: 0 } })
  const old = await pool.sign()
  await verify(old)
  await pool.rotate()
  for (const sub of ['grace', 'auth0|5f7', 'https://id.example/users/7#me', 'Ada Lovelace', '\u{1F600}'.repeat(256)]) t.match(await verify(await pool.sign({ sub })), { id: sub })
  t.equal(pool.fetches, 2)
  t.match(await verify(old), { id: 'ada' }, 'one that is still shown is good')
  pool.keys.shift()
  await pool.rotate()
  await verify(await pool.sign())
  await t.rejects(verify(old), invalid(/no applicable key/))
  await t.rejects(verify(await pool.sign({}, { kid: undefined })), invalid(/multiple matching keys/), 'and whoever names none of several has none')
})

test('unreadable keys are the issuer\'s fault: 503', async (t) => {
  const unreachable = { statusCode: 503, code: 'ISSUER_UNREACHABLE', headers: { 'retry-after': '5' } }
  const token = async (pool: FakePool) => pool.sign()

  t.test('when the issuer\'s answer is unusable', async (t) => {
    for (const answer of [{ status: 500 }, { status: 404 }, { status: 302 }, { status: 200, body: '<html>' }, { status: 200, body: '{"keys":5}' }, { status: 200, body: 'null' }]) {
      const { pool, verify } = await poolVerifier(t)
      pool.answer = answer
      await t.rejects(verify(await token(pool)), { ...unreachable, message: `The keys of ${pool.issuer} cannot be read, so tokens cannot be verified` }, JSON.stringify(answer))
    }
  })

  t.test('when the issuer does not answer in time, or at all', async (t) => {
    const { pool, verify } = await poolVerifier(t, { fetchTimes: { timeout: 20 } })
    pool.answer = 'nothing'
    await t.rejects(verify(await token(pool)), unreachable)
    const nowhere = await poolVerifier(t, { issuer: 'http://127.0.0.1:1/pool' })
    await t.rejects(nowhere.verify(await token(pool)), unreachable)
  })

  t.test('then the issuer is not called for a while, and concurrent requests share one call', async (t) => {
    const { pool, verify } = await poolVerifier(t)
    pool.answer = { status: 500 }
    const tokens = await Promise.all(Array.from({ length: 5 }, () => token(pool)))
    for (const { status } of await Promise.allSettled(tokens.map(verify))) t.equal(status, 'rejected')
    t.equal(pool.fetches, 1)
    pool.answer = undefined
    await t.rejects(verify(tokens[0]!), unreachable)
    t.equal(pool.fetches, 1)
  })

  t.test('the issuer is called again later, and works when it answers', async (t) => {
    const { pool, verify } = await poolVerifier(t, { fetchTimes: { pause: 0 } })
    pool.answer = { status: 500 }
    await t.rejects(verify(await token(pool)), unreachable)
    pool.answer = undefined
    t.match(await verify(await token(pool)), { id: 'ada' })
  })

  t.test('requests with a known key are not affected', async (t) => {
    const { pool, verify } = await poolVerifier(t, { fetchTimes: { cooldown: 0 } })
    await verify(await token(pool))
    pool.answer = { status: 500 }
    const unknown = await pool.sign({}, { kid: 'key-99' })
    for (const what of ['an unknown key may be one that is new', 'which is not asked for again at once']) await t.rejects(verify(unknown), unreachable, what)
    t.equal(pool.fetches, 2)
    t.match(await verify(await token(pool)), { id: 'ada' })
  })
})

test('a recently verified token is not verified again, except for its time', async (t) => {
  const { pool, clock, verify } = await poolVerifier(t, { rememberMs: 600_000, fetchTimes: { maxAge: 0 } })
  const [token, other] = [await pool.sign({ nbf: NOW }), await pool.sign({ sub: 'grace' })]
  await verify(token)
  pool.answer = { status: 500 }
  t.match(await verify(token), { id: 'ada' })
  await t.rejects(verify(other), { code: 'ISSUER_UNREACHABLE' }, 'which is of that one alone')
  await t.rejects(verify(`${token}x`), { code: 'ISSUER_UNREACHABLE' }, 'to the letter')
  pool.answer = undefined
  const again = createTokenVerifier({ config: { issuer: pool.issuer, audience: [CLIENT] }, clock })!
  await again(token)
  clock.time = TEST_TIME - 1000
  await t.rejects(again(token), invalid(/"nbf"/))
  clock.time = TEST_TIME + 3_599_999
  t.match(await again(token), { id: 'ada' })
  clock.time++
  await t.rejects(again(token), { code: 'TOKEN_EXPIRED' })

  const recent = new RecentTokens({ keepMs: 600_000, most: 2 })
  const checked = { user: { id: 'ada', groups: [] }, notBefore: 0, expires: NOW }
  for (const token of ['a', 'b', 'a', 'c']) recent.add(token, checked)
  t.strictSame(['a', 'b', 'c'].map((token) => recent.get(token)), [checked, undefined, checked], 'and no more are remembered than there is room for')
})

test('tokens of the emulator are accepted until they expire by its clock', async (t) => {
  const { tokens, clock } = await testEmulator(t)
  const verify = createTokenVerifier({ config: { issuer: undefined, audience: ['sandtable'] }, localIssuer: tokens, clock })!
  const { token } = await tokens.issue({ sub: 'ada', groups: ['admin'], ttl: '31d' })
  t.strictSame(await verify(token), { id: 'ada', groups: ['admin'] })
  t.match(await verify((await tokens.issue({ sub: 'ada', use: 'id' })).token), { id: 'ada' })
  await t.rejects(verify((await tokens.issue({ sub: 'ada', clientId: 'other' })).token), invalid(/"client_id"/))
  const pool = await fakePool(t)
  await t.rejects(verify(await pool.sign({ iss: tokens.issuer, client_id: 'sandtable' })), invalid(/no applicable key/))

  const overHttp = createTokenVerifier({ config: { issuer: tokens.issuer, audience: ['sandtable'] }, clock })!
  t.strictSame(await overHttp(token), { id: 'ada', groups: ['admin'] }, 'also by a server in another process, for which it is a pool like any other')
  await clock.advance(31 * 86_400_000 - 1000)
  t.match(await verify(token), { id: 'ada' })
  await clock.advance(1000)
  await t.rejects(verify(token), { code: 'TOKEN_EXPIRED' })
})

test('a token with an unusable key of the issuer is not accepted', async (t) => {
  const { pool } = await poolVerifier(t)
  const token = await pool.sign()
  const { kid } = pool.keys[0]!
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const keys = [
    ['an RSA key of 1,024 bits', publicKey.export({ format: 'jwk' })],
    ['an RSA key without numbers', { kty: 'RSA' }],
    ['an RSA key of wrong numbers', { kty: 'RSA', n: '', e: '' }],
  ] as const
  for (const [what, key] of keys) {
    const verify = createTokenVerifier({ config: { issuer: pool.issuer, audience: [CLIENT] }, clock: { now: () => TEST_TIME }, rememberMs: 0 })!
    pool.keys.splice(0, pool.keys.length, { ...key, kid, alg: 'RS256', use: 'sig' })
    await t.rejects(verify(token), { statusCode: 401, code: 'INVALID_TOKEN' }, what)
  }
})
