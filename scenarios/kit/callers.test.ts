import { test } from 'tap'
import { ApiClient } from './api-client.ts'
import { createCallers } from './callers.ts'

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const TOKEN = `${part({ alg: 'none' })}.${part({ sub: 'ann' })}.`

const callersOf = (token: string | undefined) => createCallers({ api: new ApiClient({ baseUrl: 'http://127.0.0.1:1', token: undefined }), emulatorUrl: undefined, token, newUserId: () => 'new' })

test('a token that a run was given is of one user, in no group, who may have been there before', async (t) => {
  const caller = callersOf(TOKEN)
  await t.rejects(caller({ groups: ['admin'] }), { message: /^it needs a token of each user/ }, 'in no group')
  await t.rejects(caller({ unused: true }), { message: 'it needs a user of whom nothing is stored: give the address of the emulator with --emulator' })
  t.match(await caller(), { userId: 'ann', headers: { authorization: `Bearer ${TOKEN}` } })
  await t.rejects(caller(), { message: /^it needs a token of each user/ }, 'a second one is not there')
})

test('without a token and an emulator there is no caller', async (t) => {
  await t.rejects(callersOf(undefined)(), { message: /^it needs a token of each user/ })
})
