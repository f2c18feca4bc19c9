import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose'
import type { Test } from 'tap'
import { TEST_TIME } from '../../test-support/app.ts'

export const NOW = TEST_TIME / 1000

/** A user pool of one's own, reached over HTTP like the real ones. */
export interface FakePool {
  issuer: string
  /** How often its keys were asked for. */
  fetches: number
  /** Answers for the JWKS instead of it: a status, a body, or no answer at all. */
  answer: { status: number, body?: string } | 'nothing' | undefined
  /** The public keys that it shows. */
  keys: JWK[]
  /** Gets another key id, which signs from now on, and shows it beside the others. */
  rotate (): Promise<void>
  /** An access token as Cognito shapes it, unless `claims` says otherwise; a claim that is `undefined` is left out. */
  sign (claims?: JWTPayload, header?: Record<string, unknown>): Promise<string>
}

/** The one key of all pools, under as many ids as they have keys: making one takes longer than most tests. */
const pair = generateKeyPair('RS256')

export const CLIENT = '3n4b5urk1ft4fl3mg5e62d9ado'

/** Starts a pool at a port of the system's choice, stopped by the test's teardown. */
export async function fakePool (t: Test): Promise<FakePool> {
  let made = 0
  let kid = ''
  const { privateKey, publicKey } = await pair
  const server = createServer((request, response) => {
    if (request.url !== '/us-east-1_Example/.well-known/jwks.json') return response.writeHead(404).end()
    pool.fetches++
    if (pool.answer === 'nothing') return
    const { status, body } = pool.answer ?? { status: 200, body: JSON.stringify({ keys: pool.keys }) }
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })

  const pool: FakePool = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}/us-east-1_Example`, // it listens on a port
    fetches: 0,
    answer: undefined,
    keys: [],
    async rotate () {
      kid = `key-${++made}`
      pool.keys.push({ ...await exportJWK(publicKey), kid, alg: 'RS256', use: 'sig' })
    },
    sign: (claims, header) => new SignJWT({
      sub: 'ada', iss: pool.issuer, client_id: CLIENT, token_use: 'access', iat: NOW, exp: NOW + 3600, username: 'ada', ...claims,
    }).setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(privateKey),
  }
  await pool.rotate()
  return pool
}
