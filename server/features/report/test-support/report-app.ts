import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { parse } from 'lossless-json'
import { test, type Test } from 'tap'
import { matchesDocs } from '../../../test-support/contract.ts'
import { testApp, type TestApp, type TestAppOptions } from '../../../test-support/app.ts'

/** An answer, with all digits of its numbers as text in `exact`. */
export interface Told<T = unknown> {
  status: number
  headers: LightMyRequestResponse['headers']
  body: { status: string, message: string, code?: string, details?: { path: string, reason: string }[], data: T }
  exact: unknown
  response: LightMyRequestResponse
}

type Request = Omit<InjectOptions, 'payload'> & { body?: object | string }

export interface ReportApp extends TestApp {
  /** Calls as a user; a body that is a string is sent as it is. `GET /api/reports`. */
  as (user: string): <T = unknown>(line: string, request?: Request) => Promise<Told<T>>
  /** The AWS calls behind an answer: `GetItem 0.5`, in order. */
  callsOf (told: Told): string[]
  /** Holds one of each kind of answer given so far against the documentation. */
  checkDocs (t: Test): void
}

export async function reportApp (t: Test, options: TestAppOptions = {}): Promise<ReportApp> {
  // A machine that tests on all its processors is late, which is not the matter here.
  const made = await testApp(t, { ...options, config: { MAX_EVENT_LOOP_DELAY: '10m', ...options.config } })
  const { app, emulator } = made
  const kinds = new Map<string, LightMyRequestResponse>()
  const tokens = new Map<string, string>()
  return {
    ...made,
    as: (user) => async <T>(line: string, { body, ...request }: Request = {}): Promise<Told<T>> => {
      const [method, url] = line.split(' ') as ['GET', string] // or another method
      const token = tokens.get(user) ?? (await emulator.tokens.issue({ sub: user })).token
      tokens.set(user, token)
      const headers = { authorization: `Bearer ${token}`, ...body !== undefined && { 'content-type': 'application/json' }, ...request.headers }
      const response = await app.inject({ ...request, method, url, headers, payload: body })
      const told = { status: response.statusCode, headers: response.headers, body: response.json<Told<T>['body']>(), exact: parse(response.payload, undefined, String), response }
      const path = url.split('?')[0]!.split('/')
      if (told.body.code !== 'ROUTE_NOT_FOUND') kinds.set([method, path.length, path[2], response.statusCode, told.body.code ?? told.body.message].join(' '), response)
      return told
    },
    callsOf: ({ headers }) => emulator.trace.query({ causedBy: String(headers['x-request-id']) }).map(({ operation, service, readUnits, writeUnits }) =>
      service === 'dynamodb' ? `${operation} ${readUnits + writeUnits}` : operation),
    checkDocs (t) {
      for (const response of kinds.values()) matchesDocs(t, app, response)
    },
  }
}

/** Runs the same test on the embedded store and over the wire, one after the other. */
export function onBothStores (title: string, body: (t: Test, api: ReportApp) => Promise<void>): void {
  for (const store of ['embedded', 'dynamodb'] as const) {
    void test(`${title} (STORE=${store})`, async (t) => body(t, await reportApp(t, { store })))
  }
}
