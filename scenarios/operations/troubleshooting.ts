import { DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import { scenario } from '../kit/scenario.ts'

const DELAY_MS = 150

export default scenario('operations: a missing table, missing rights, no records and slow calls each say what is wrong', {
  seed: '000',
  pattern: 'troubleshooting',
  // It deletes a table.
  environment: {},
  async run ({ api, given, emulator, tables, check }) {
    const { userId } = await given.verifiedUser()
    const path = `/api/registrations/${userId}/face`
    check.status(await api.get(path), 200)

    const nobody = await api.get(`/api/registrations/${given.userId()}/face`)
    check.status(nobody, 404)
    check.equal(nobody.body.code, 'FACE_RECORD_NOT_FOUND', 'no records: the answer names who was looked for')

    await emulator.control('PUT', '/faults/rights', { service: 'dynamodb', operation: 'GetItem', error: 'access-denied' })
    const denied = await api.get(path)
    check.status(denied, 503)
    const { calls: refused } = await emulator.control<Trace>('GET', '/trace?failed=true&limit=1')
    check.match(refused[0], { operation: 'GetItem', resource: tables.faces, result: 'AccessDeniedException' }, 'access denied: the trace has the call and its table')
    await emulator.control('DELETE', '/faults/rights')
    check.status(await api.get(path), 200)

    await emulator.control('PUT', '/faults/slow', { service: 'dynamodb', operation: 'GetItem', latency: DELAY_MS })
    const slow = await api.get(path)
    check.status(slow, 200)
    const { calls } = await emulator.control<Trace>('GET', `/trace?minDurationMs=${DELAY_MS}`)
    const found = calls.find(({ causedBy }) => causedBy === slow.requestId)
    check.match(found, { operation: 'GetItem', resource: tables.faces }, 'slow queries: the trace finds the call, its table, and the request that made it')
    await emulator.control('DELETE', '/faults/slow')

    await emulator.dynamodb.send(new DeleteTableCommand({ TableName: tables.faces }))
    const missing = await api.get(path)
    check.status(missing, 503)
    check.equal(missing.body.message, `Table ${tables.faces} does not exist. Create it with: npx sandtable tables create`, 'table not found: the answer names it, and says how to create it')
  },
})

interface Trace { calls: { operation: string, resource?: string, result: string, causedBy?: string }[] }
