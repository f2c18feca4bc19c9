import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { test } from 'tap'
import { NoSuchSnapshot } from '../index.ts'
import { testEmulator } from '../test-support/emulator.ts'

const table = (TableName: string) => new CreateTableCommand({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
})

test('two states differ by items and objects, with some of them shown', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb, documents, s3 } = emulator.clients()
  const put = (Item: { id: string, n?: number, text?: string }, TableName = 'orders') => documents.send(new PutCommand({ TableName, Item }))
  await dynamodb.send(table('orders'))
  await dynamodb.send(table('old'))
  await dynamodb.send(table('same'))
  await put({ id: 'kept', n: 1 })
  await put({ id: 'changed', n: 1 })
  await put({ id: 'gone', n: 1 })
  await put({ id: 'kept' }, 'same')
  await s3.send(new CreateBucketCommand({ Bucket: 'photos' }))
  const upload = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: 'photos', Key, Body }))
  await upload('é/same.txt', 'same')
  await upload('é/changed.txt', 'one')
  await upload('gone.txt', 'one')
  await emulator.snapshots.save('first')

  await put({ id: 'changed', n: 2 })
  await documents.send(new DeleteCommand({ TableName: 'orders', Key: { id: 'gone' } }))
  for (let n = 0; n < 12; n++) await put({ id: `new-${n}` })
  await put({ id: 'large', text: 'x'.repeat(10_000) })
  await dynamodb.send(new DeleteTableCommand({ TableName: 'old' }))
  await dynamodb.send(table('empty'))
  await put({ id: 'kept' }, 'same')
  await upload('é/same.txt', 'same')
  await upload('é/changed.txt', 'two')
  await s3.send(new DeleteObjectCommand({ Bucket: 'photos', Key: 'gone.txt' }))
  await emulator.snapshots.save('second')

  const parts = await emulator.snapshots.compare('first', 'second')
  t.same(parts.map(({ name, only, added, changed, gone }) => ({ name, only, added, changed, gone })), [
    { name: 'empty', only: 'second', added: 0, changed: 0, gone: 0 },
    { name: 'old', only: 'first', added: 0, changed: 0, gone: 0 },
    { name: 'orders', only: undefined, added: 13, changed: 1, gone: 1 },
    { name: 'photos', only: undefined, added: 0, changed: 1, gone: 1 },
  ])
  const [, , orders, photos] = parts
  t.match(orders, { service: 'dynamodb', account: '000000000000', region: 'us-east-1', kind: 'table' })
  t.equal(orders!.examples.filter(({ change }) => change === 'added').length, 10)
  t.same(orders!.examples.find(({ change }) => change === 'changed'), { change: 'changed', before: { id: { S: 'changed' }, n: { N: '1' } }, after: { id: { S: 'changed' }, n: { N: '2' } } })
  t.same(orders!.examples.find(({ change }) => change === 'gone'), { change: 'gone', before: { id: { S: 'gone' }, n: { N: '1' } } })
  t.match(photos!.examples, [{ change: 'changed', key: 'é/changed.txt', before: { size: 3 }, after: { size: 3 } }, { change: 'gone', key: 'gone.txt', before: { size: 3 } }])
  t.notOk(JSON.stringify(parts).includes('x'.repeat(10_000)), 'what is too large is not shown')
  t.same(await emulator.snapshots.compare('second', 'second'), [])
  await t.rejects(emulator.snapshots.compare('first', 'none'), new NoSuchSnapshot('none'))
})
