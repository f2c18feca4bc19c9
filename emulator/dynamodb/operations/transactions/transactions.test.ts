import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand, ScanCommand, TransactGetCommand, TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import type { Clients, Emulator } from '../../../index.ts'
import { overWays } from '../../../test-support/emulator.ts'

type Actions = NonNullable<TransactWriteCommandInput['TransactItems']>

function overEveryWay (title: string, body: (t: Test, use: { clients: Clients, emulator: Emulator }) => Promise<void>): void {
  test(title, (t) => {
    overWays(t, ['wire', 'in-process', 'fast path'], async (t, start) => {
      const { clients, emulator } = await start()
      await clients.dynamodb.send(new CreateTableCommand({
        TableName: 'accounts',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }))
      await body(t, { clients, emulator })
    })
    t.end()
  })
}

const put = (id: string, balance = 0) => ({ Put: { TableName: 'accounts', Item: { id, balance } } })
const add = (id: string, amount: number) => ({
  Update: { TableName: 'accounts', Key: { id }, UpdateExpression: 'ADD balance :a', ExpressionAttributeValues: { ':a': amount } },
})
const atLeast = (id: string, balance: number) => ({
  ConditionCheck: { TableName: 'accounts', Key: { id }, ConditionExpression: 'balance >= :b', ExpressionAttributeValues: { ':b': balance } },
})

overEveryWay('all actions of a transaction are done', async (t, { clients: { documents } }) => {
  await documents.send(new TransactWriteCommand({ TransactItems: [put('a', 10), put('b', 20)] }))
  await documents.send(new TransactWriteCommand({ TransactItems: [add('a', 5), { Delete: { TableName: 'accounts', Key: { id: 'b' } } }, put('c')] }))
  const { Items } = await documents.send(new ScanCommand({ TableName: 'accounts' }))
  t.same(Items!.sort((one, other) => one.id < other.id ? -1 : 1), [{ id: 'a', balance: 15 }, { id: 'c', balance: 0 }])
})

overEveryWay('one failed condition undoes everything, and the reasons are in the order of the actions', async (t, { clients: { documents } }) => {
  await documents.send(new PutCommand({ TableName: 'accounts', Item: { id: 'a', balance: 3 } }))
  const TransactItems: Actions = [
    put('b'),
    { ConditionCheck: { ...atLeast('a', 5).ConditionCheck, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
    { Put: { ...put('a').Put, ConditionExpression: 'attribute_not_exists(id)' } },
  ]
  await t.rejects(documents.send(new TransactWriteCommand({ TransactItems: TransactItems.slice(0, 2) })), {
    name: 'TransactionCanceledException',
    message: 'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]',
    CancellationReasons: [
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: { id: { S: 'a' }, balance: { N: '3' } } },
    ],
  })
  await t.rejects(documents.send(new TransactWriteCommand({ TransactItems: [TransactItems[0]!, TransactItems[2]!] })), {
    name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: undefined }],
  })
  t.notOk((await documents.send(new GetCommand({ TableName: 'accounts', Key: { id: 'b' } }))).Item)
})

overEveryWay('a transaction is refused for its shape before anything runs', async (t, { clients: { documents } }) => {
  const refused = (TransactItems: Actions, message: RegExp | string) =>
    t.rejects(documents.send(new TransactWriteCommand({ TransactItems })), { name: 'ValidationException', message })
  await refused([put('a'), add('a', 1)], 'Transaction request cannot include multiple operations on one item')
  await refused([], /'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1/)
  await refused(Array.from({ length: 101 }, (_, i) => put(`${i}`)), /Member must have length less than or equal to 100/)
  await refused([{ ...put('a'), ...atLeast('b', 1) }], 'TransactItems can only contain one of Check, Put, Update or Delete')
  await refused([{ Update: { ...add('a', 1).Update, UpdateExpression: 'SET' } }], /^Invalid UpdateExpression: Syntax error/)
  await refused(Array.from({ length: 11 }, (_, i) => ({ Put: { TableName: 'accounts', Item: { id: `${i}`, text: 'x'.repeat(399_000) } } })), /cannot exceed 4194304/)
  await t.rejects(documents.send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName: 'missing', Item: { id: '1' } } }] })), { name: 'ResourceNotFoundException' })
  await t.rejects(documents.send(new TransactWriteCommand({ TransactItems: [put('a'), { Delete: { TableName: 'accounts', Key: { other: 'x' } } }] })), {
    name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError', Message: 'The provided key element does not match the schema' }],
  })
  t.equal((await documents.send(new ScanCommand({ TableName: 'accounts' }))).Count, 0)
})

overEveryWay('a client token makes a transaction happen once in ten minutes', async (t, { clients: { documents }, emulator }) => {
  const send = (amount: number) => documents.send(new TransactWriteCommand({
    TransactItems: [add('a', amount)], ClientRequestToken: 'once', ReturnConsumedCapacity: 'TOTAL',
  }))
  const balance = async () => (await documents.send(new GetCommand({ TableName: 'accounts', Key: { id: 'a' } }))).Item!.balance as number
  t.match((await send(1)).ConsumedCapacity, [{ CapacityUnits: 2, WriteCapacityUnits: 2 }])
  t.match((await send(1)).ConsumedCapacity, [{ CapacityUnits: 2, ReadCapacityUnits: 2, WriteCapacityUnits: undefined }], 'again is charged as reads')
  t.equal(await balance(), 1)
  await t.rejects(send(2), { name: 'IdempotentParameterMismatchException' })
  await emulator.clock.advance(10 * 60_000)
  await send(2)
  t.equal(await balance(), 3)
})

overEveryWay('transactions cost twice, a condition check as much as a write', async (t, { clients: { documents } }) => {
  await documents.send(new PutCommand({ TableName: 'accounts', Item: { id: 'a', balance: 9, text: 'x'.repeat(1500) } }))
  const { ConsumedCapacity } = await documents.send(new TransactWriteCommand({ TransactItems: [put('b'), atLeast('a', 1)], ReturnConsumedCapacity: 'TOTAL' }))
  t.match(ConsumedCapacity, [{ TableName: 'accounts', CapacityUnits: 2 + 4, WriteCapacityUnits: 6 }])
  const read = await documents.send(new TransactGetCommand({
    TransactItems: ['a', 'none'].map((id) => ({ Get: { TableName: 'accounts', Key: { id }, ProjectionExpression: 'balance' } })), ReturnConsumedCapacity: 'TOTAL',
  }))
  t.same(read.Responses!.map(({ Item }) => Item), [{ balance: 9 }, undefined])
  t.match(read.ConsumedCapacity, [{ CapacityUnits: 4, ReadCapacityUnits: 4 }])
})

overEveryWay('money moved between accounts by many at once is neither lost nor made, and no reader sees half a move', async (t, { clients: { documents } }) => {
  const ids = ['a', 'b', 'c', 'd']
  await documents.send(new TransactWriteCommand({ TransactItems: ids.map((id) => put(id, 100)) }))
  const readAll = new TransactGetCommand({ TransactItems: ids.map((id) => ({ Get: { TableName: 'accounts', Key: { id } } })) })
  const sum = async () => (await documents.send(readAll)).Responses!.reduce((total, { Item }) => total + (Item!.balance as number), 0)

  let moved = 0
  const move = async (i: number) => {
    const from = ids[i % 4]!
    const to = ids[(i * 7 + 1) % 4]!
    if (from === to) return
    const take = { Update: { ...add(from, -7).Update, ConditionExpression: 'balance >= :min', ExpressionAttributeValues: { ':a': -7, ':min': 7 } } }
    await documents.send(new TransactWriteCommand({ TransactItems: [take, add(to, 7)] })).then(() => moved++, (error: Error) => {
      if (error.name !== 'TransactionCanceledException') throw error
    })
  }
  const sums = await Promise.all(Array.from({ length: 90 }, async (_, i) => i % 3 ? move(i).then(() => 400) : sum()))
  t.ok(moved > 30, `${moved} moves were made`)
  t.ok(sums.every((total) => total === 400), 'every reader saw the whole sum')
  t.equal(await sum(), 400)
})
