import { scenario } from '../kit/scenario.ts'

const DIGITS = '12345678901234567890123456789012345678'

export default scenario('users: numbers are returned unchanged, to 38 digits', {
  seed: '003',
  pattern: 'create or update my profile',
  async run ({ caller, expectCalls, check }) {
    const { api } = await caller()

    const response = await api.send('PUT', '/api/users/me', { body: `{"preferences":{"whole":${DIGITS},"part":0.${DIGITS}}}` })

    check.equal(response.status, 200, 'it is stored')
    const { text } = await api.send('GET', '/api/users/me')
    for (const number of [`"whole":${DIGITS}`, `"part":0.${DIGITS}`]) check.ok(text.includes(number), `${number} is there, digit by digit`)
    await expectCalls(response, [{ service: 'dynamodb', operation: 'UpdateItem', table: 'users', writeUnits: 1 }])
    check.equal((await api.send('PUT', '/api/users/me', { body: `{"preferences":{"whole":${DIGITS}9}}` })).status, 400, 'a 39th is refused')
  },
})
