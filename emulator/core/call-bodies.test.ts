import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { test } from 'tap'
import { testEmulator } from '../test-support/emulator.ts'

interface Traced { call: { operation: string }, input?: string, output?: string }

test('the trace keeps inputs and outputs once it is told to, and shows them call by call', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb, s3 } = emulator.clients({ maxAttempts: 1 })
  const ask = async (method: string, path: string, body?: object) => (await fetch(`${emulator.url}/_sandtable${path}`, { method, body: body && JSON.stringify(body) })).json()
  const last = async () => await ask('GET', `/trace/calls/${emulator.trace.sequence}`) as Traced // as the route is described
  const get = () => dynamodb.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: 'a' } } })).catch(() => {})

  await get()
  t.strictSame(Object.keys(await last()), ['call'], 'nothing is kept at first')
  t.strictSame(await ask('PUT', '/trace/bodies', { keep: true }), { keep: true })
  t.strictSame(await ask('GET', '/trace/bodies'), { keep: true })
  await get()
  const { call, input, output } = await last()
  t.equal(call.operation, 'GetItem')
  t.strictSame(JSON.parse(input!), { TableName: 'orders', Key: { id: { S: 'a' } } })
  t.match(JSON.parse(output!), { error: 'ResourceNotFoundException', message: 'Requested resource not found' })

  await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'x'.repeat(390_000) } } })).catch(() => {})
  t.equal((await last()).input!.length, 64 * 1024, 'a long one is cut')
  await s3.send(new CreateBucketCommand({ Bucket: 'photos' }))
  await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'a', Body: 'text' }))
  t.match(JSON.parse((await last()).input!), { bucket: 'photos', key: 'a', body: '(bytes)' })

  await ask('PUT', '/trace/bodies', { keep: false })
  await get()
  t.strictSame(Object.keys(await last()), ['call'])
  t.match(await ask('GET', '/trace/calls/9999'), { message: 'The trace has no call 9999' })
})
