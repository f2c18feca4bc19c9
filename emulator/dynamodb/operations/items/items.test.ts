import { CreateTableCommand, PutItemCommand, type ReturnConsumedCapacity } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand, BatchWriteCommand, DeleteCommand, GetCommand, PutCommand, QueryCommand, ScanCommand, UpdateCommand,
  type DynamoDBDocumentClient
} from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import { overWays, testEmulator, type Way } from '../../../test-support/emulator.ts'
import type { Clients } from '../../../index.ts'

const WAYS: Way[] = ['wire', 'in-process', 'fast path']
const INDEXES = { ReturnConsumedCapacity: 'INDEXES' as ReturnConsumedCapacity }

/** Orders by customer and number; by total within a customer (local), by status (global, keys only). */
async function createOrders ({ dynamodb }: Clients): Promise<void> {
  await dynamodb.send(new CreateTableCommand({
    TableName: 'orders',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'customer', AttributeType: 'S' },
      { AttributeName: 'number', AttributeType: 'N' },
      { AttributeName: 'total', AttributeType: 'N' },
      { AttributeName: 'status', AttributeType: 'S' },
    ],
    KeySchema: [{ AttributeName: 'customer', KeyType: 'HASH' }, { AttributeName: 'number', KeyType: 'RANGE' }],
    LocalSecondaryIndexes: [{
      IndexName: 'ByTotal',
      KeySchema: [{ AttributeName: 'customer', KeyType: 'HASH' }, { AttributeName: 'total', KeyType: 'RANGE' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    }],
    GlobalSecondaryIndexes: [{
      IndexName: 'ByStatus',
      KeySchema: [{ AttributeName: 'status', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    }],
  }))
}

function overEveryWay (title: string, body: (t: Test, clients: Clients & { documents: DynamoDBDocumentClient }) => Promise<void>): void {
  test(title, (t) => {
    overWays(t, WAYS, async (t, start) => {
      const { clients } = await start()
      await createOrders(clients)
      await body(t, clients)
    })
    t.end()
  })
}

const order = (number: number, more: object = {}) => ({ customer: 'ada', number, total: number * 10, status: 'open', ...more })

overEveryWay('an item comes back as it was put, in every type', async (t, { documents }) => {
  const item = order(1, {
    text: 'äöü 🎉',
    empty: '',
    yes: true,
    nothing: null,
    bytes: new Uint8Array([0, 255]),
    fraction: 0.125,
    big: 12345678901234567890n,
    list: [1, ['two', { three: 3 }]],
    map: { a: { b: [] } },
    names: new Set(['x', 'y']),
    numbers: new Set([1, 2]),
  })
  await documents.send(new PutCommand({ TableName: 'orders', Item: item }))
  const { Item, $metadata } = await documents.send(new GetCommand({ TableName: 'orders', Key: { customer: 'ada', number: 1 } }))
  t.same(Item, item)
  t.match($metadata, { httpStatusCode: 200, attempts: 1, requestId: /^[0-9a-f-]{36}$/ })
})

overEveryWay('a missing item is an answer without an Item', async (t, { documents }) => {
  const answer = await documents.send(new GetCommand({ TableName: 'orders', Key: { customer: 'nobody', number: 1 }, ...INDEXES }))
  t.notOk('Item' in answer && answer.Item)
  t.same(answer.ConsumedCapacity, { TableName: 'orders', CapacityUnits: 0.5, Table: { CapacityUnits: 0.5 } })
})

overEveryWay('errors are the SDK\'s own classes with AWS\'s words', async (t, { documents }) => {
  await t.rejects(documents.send(new GetCommand({ TableName: 'missing', Key: { id: '1' } })), {
    name: 'ResourceNotFoundException', message: 'Requested resource not found', $fault: 'client', $metadata: { httpStatusCode: 400, attempts: 1 },
  })
  await t.rejects(documents.send(new GetCommand({ TableName: 'orders', Key: { customer: 'ada' } })), {
    name: 'ValidationException', message: 'The provided key element does not match the schema',
  })
  await t.rejects(documents.send(new QueryCommand({
    TableName: 'orders', KeyConditionExpression: 'begins_with(customer, :c)', ExpressionAttributeValues: { ':c': 'a' },
  })), { name: 'ValidationException', message: 'Query key condition not supported' })
  await t.rejects(documents.send(new UpdateCommand({ TableName: 'orders', Key: { customer: 'ada', number: 1 }, UpdateExpression: 'SET status = :s', ExpressionAttributeValues: { ':s': 1 } })), {
    name: 'ValidationException', message: /reserved keyword; reserved keyword: status/,
  })
})

overEveryWay('a failed condition tells the item when it is asked to', async (t, { documents }) => {
  await documents.send(new PutCommand({ TableName: 'orders', Item: order(1) }))
  const put = { TableName: 'orders', Item: order(1), ConditionExpression: 'attribute_not_exists(customer)' }
  await t.rejects(documents.send(new PutCommand(put)), { name: 'ConditionalCheckFailedException', message: 'The conditional request failed', Item: undefined })
  await t.rejects(documents.send(new PutCommand({ ...put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })), {
    name: 'ConditionalCheckFailedException', Item: { customer: { S: 'ada' }, total: { N: '10' } },
  })
})

overEveryWay('update and delete return what they are asked for', async (t, { documents }) => {
  const Key = { customer: 'ada', number: 1 }
  const { Attributes } = await documents.send(new UpdateCommand({
    TableName: 'orders', Key, UpdateExpression: 'SET #t = if_not_exists(#t, :zero) + :ten', ExpressionAttributeNames: { '#t': 'total' }, ExpressionAttributeValues: { ':zero': 0, ':ten': 10 }, ReturnValues: 'ALL_NEW',
  }))
  t.same(Attributes, { ...Key, total: 10 })
  t.same((await documents.send(new DeleteCommand({ TableName: 'orders', Key, ReturnValues: 'ALL_OLD' }))).Attributes, { ...Key, total: 10 })
  t.same((await documents.send(new ScanCommand({ TableName: 'orders' }))).Items, [])
})

overEveryWay('queries page in both directions, on the table and on its indexes', async (t, { documents }) => {
  for (let number = 1; number <= 7; number++) await documents.send(new PutCommand({ TableName: 'orders', Item: order(number, { total: 100 - number }) }))
  await documents.send(new PutCommand({ TableName: 'orders', Item: order(8, { total: undefined, status: undefined }) }))
  const byCustomer = { TableName: 'orders', KeyConditionExpression: 'customer = :c', ExpressionAttributeValues: { ':c': 'ada' } }

  const numbers = async (query: object) => {
    const found: unknown[] = []
    let ExclusiveStartKey: Record<string, unknown> | undefined
    do {
      const page = await documents.send(new QueryCommand({ ...byCustomer, ...query, Limit: 3, ExclusiveStartKey }))
      found.push(...page.Items!.map(({ number }) => number as number))
      ExclusiveStartKey = page.LastEvaluatedKey
    } while (ExclusiveStartKey)
    return found
  }
  t.same(await numbers({}), [1, 2, 3, 4, 5, 6, 7, 8])
  t.same(await numbers({ ScanIndexForward: false }), [8, 7, 6, 5, 4, 3, 2, 1])
  t.same(await numbers({ IndexName: 'ByTotal' }), [7, 6, 5, 4, 3, 2, 1], 'sparse: the item without a total is not in the index')
  t.same(await numbers({ IndexName: 'ByTotal', ScanIndexForward: false, Select: 'ALL_ATTRIBUTES' }), [1, 2, 3, 4, 5, 6, 7])
  const range = { KeyConditionExpression: 'customer = :c AND #n BETWEEN :a AND :b', ExpressionAttributeNames: { '#n': 'number' }, ExpressionAttributeValues: { ':c': 'ada', ':a': 3, ':b': 5 } }
  t.same(await numbers(range), [3, 4, 5])
})

test('an index holds all items with equal index keys', async (t) => {
  const clients = (await testEmulator(t)).clients({ maxAttempts: 1 })
  await createOrders(clients)
  const { documents } = clients
  // dynalite alone loses some: it distinguishes items with the same index key by 24 bits of a hash.
  const total = 6000
  for (let first = 0; first < total; first += 25) {
    const requests = Array.from({ length: 25 }, (_, i) => ({ PutRequest: { Item: { customer: `c${first + i}`, number: 1, status: 'open' } } }))
    await documents.send(new BatchWriteCommand({ RequestItems: { orders: requests } }))
  }
  let count = 0
  let ExclusiveStartKey: Record<string, unknown> | undefined
  do {
    const page = await documents.send(new QueryCommand({
      TableName: 'orders',
      IndexName: 'ByStatus',
      KeyConditionExpression: '#s = :s',
      ExpressionAttributeNames: { '#s': 'status' },
      ExpressionAttributeValues: { ':s': 'open' },
      Select: 'COUNT',
      ExclusiveStartKey,
    }))
    count += page.Count!
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
  t.equal(count, total)
})

overEveryWay('batches read and write across tables, and refuse an item named twice', async (t, { documents }) => {
  const keys = [1, 2, 3].map((number) => ({ customer: 'ada', number }))
  await documents.send(new BatchWriteCommand({ RequestItems: { orders: keys.map(({ number }) => ({ PutRequest: { Item: order(number) } })) } }))
  const { Responses, UnprocessedKeys } = await documents.send(new BatchGetCommand({ RequestItems: { orders: { Keys: [...keys, { customer: 'ada', number: 9 }] } } }))
  t.same(Responses!.orders!.map(({ number }) => number as number).sort(), [1, 2, 3])
  t.same(UnprocessedKeys, {})
  await t.rejects(documents.send(new BatchWriteCommand({ RequestItems: { orders: [keys[0], keys[0]].map((Key) => ({ DeleteRequest: { Key } })) } })), {
    name: 'ValidationException', message: 'Provided list of item keys contains duplicates',
  })
})

overEveryWay('parallel updates of one item are all counted', async (t, { documents }) => {
  const add = new UpdateCommand({ TableName: 'orders', Key: { customer: 'ada', number: 1 }, UpdateExpression: 'ADD visits :one', ExpressionAttributeValues: { ':one': 1 } })
  await Promise.all(Array.from({ length: 100 }, () => documents.send(add)))
  t.match((await documents.send(new GetCommand({ TableName: 'orders', Key: { customer: 'ada', number: 1 } }))).Item, { visits: 100 })
})

overEveryWay('batches that name the same items in another order do not wait for one another for ever', async (t, { documents }) => {
  const puts = [1, 2, 3, 4].map((number) => ({ PutRequest: { Item: order(number) } }))
  await Promise.all(Array.from({ length: 20 }, (_, i) =>
    documents.send(new BatchWriteCommand({ RequestItems: { orders: i % 2 ? puts : [...puts].reverse() } }))))
  t.equal((await documents.send(new ScanCommand({ TableName: 'orders' }))).Count, 4)
})

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
overEveryWay('capacity is told as AWS counts it', async (t, { documents }) => {
  const capacity = async (command: { input: object }) =>
    (await documents.send(command as PutCommand)).ConsumedCapacity as object // every item command answers with it
  const kb = 'x'.repeat(1000)
  t.match(await capacity(new PutCommand({ TableName: 'orders', Item: order(1, { kb }), ...INDEXES })), {
    CapacityUnits: 5, Table: { CapacityUnits: 2 }, LocalSecondaryIndexes: { ByTotal: { CapacityUnits: 1 } }, GlobalSecondaryIndexes: { ByStatus: { CapacityUnits: 2 } },
  }, 'the item and its two index entries')
  t.match(await capacity(new PutCommand({ TableName: 'orders', Item: order(1, { kb }), ...INDEXES })), {
    CapacityUnits: 2, LocalSecondaryIndexes: undefined, GlobalSecondaryIndexes: undefined,
  }, 'entries that do not change cost nothing')
  t.match(await capacity(new PutCommand({ TableName: 'orders', Item: order(1, { kb, status: 'paid' }), ...INDEXES })), {
    GlobalSecondaryIndexes: { ByStatus: { CapacityUnits: 4 } },
  }, 'an entry whose key changes is taken out and put in')
  t.match(await capacity(new GetCommand({ TableName: 'orders', Key: { customer: 'ada', number: 1 }, ConsistentRead: true, ...INDEXES })), { CapacityUnits: 1 })
  const query = { TableName: 'orders', KeyConditionExpression: 'customer = :c', ExpressionAttributeValues: { ':c': 'ada' }, ...INDEXES }
  t.match(await capacity(new QueryCommand(query)), { CapacityUnits: 0.5, Table: { CapacityUnits: 0.5 } })
  t.match(await capacity(new QueryCommand({ ...query, IndexName: 'ByTotal' })), {
    CapacityUnits: 0.5, Table: { CapacityUnits: 0 }, LocalSecondaryIndexes: { ByTotal: { CapacityUnits: 0.5 } },
  })
  t.match(await capacity(new DeleteCommand({ TableName: 'orders', Key: { customer: 'ada', number: 99 }, ...INDEXES })), { CapacityUnits: 1 })
})

test('members that AWS honours and the emulator does not are refused by name', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb } = emulator.clients({ maxAttempts: 1 })
  const table = { TableName: 'refused', BillingMode: 'PAY_PER_REQUEST' as const, AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }] }
  await t.rejects(dynamodb.send(new CreateTableCommand({ ...table, GlobalTableSettingsReplicationMode: 'ENABLED' })), {
    name: 'ValidationException', message: /GlobalTableSettingsReplicationMode is not supported by this emulator/,
  })
})

test('no expression, however nested or invalid, blocks or crashes the emulator', async (t) => {
  const emulator = await testEmulator(t)
  const clients = emulator.clients({ maxAttempts: 1 })
  await createOrders(clients)
  await clients.dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { customer: { S: 'ada' }, number: { N: '1' }, a: { N: '1' } } }))
  const scan = (FilterExpression: string, values?: Record<string, unknown>) =>
    clients.documents.send(new ScanCommand({ TableName: 'orders', FilterExpression, ExpressionAttributeValues: values }))
  await t.rejects(scan('('.repeat(60) + 'a = a' + ')'.repeat(60)), { name: 'ValidationException', message: /redundant parentheses/ })
  await t.rejects(scan(`a = ${'b'.repeat(5000)}`), { name: 'ValidationException', message: /Expression size has exceeded the maximum allowed size/ })
  t.equal((await clients.documents.send(new ScanCommand({ TableName: 'orders' }))).Count, 1)
})

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
test('conditions compare by value and type, and missing attributes compare with nothing', async (t) => {
  const emulator = await testEmulator(t)
  const clients = emulator.clients({ maxAttempts: 1 })
  await createOrders(clients)
  const Item = {
    ...order(1),
    a: 2,
    b: 10,
    text: 'äpfel',
    same: 'äpfel',
    bytes: new Uint8Array([1, 2]),
    yes: true,
    no: null,
    list: [1, { x: 'y' }],
    list2: [1, { x: 'y' }],
    map: { p: 1, q: [2] },
    map2: { q: [2], p: 1 },
    set: new Set(['x', 'y']),
    set2: new Set(['y', 'x']),
  }
  await clients.documents.send(new PutCommand({ TableName: 'orders', Item }))
  const holds = async (FilterExpression: string, values?: Record<string, unknown>) => (await clients.documents.send(
    new ScanCommand({
      TableName: 'orders',
      FilterExpression: FilterExpression.replace(/\b(lacking2?)\b/g, '#$1').replace(/\b(text|bytes|list2?|map2?|set2?|no|yes|same)\b/g, '#$1'),
      ExpressionAttributeNames: names(FilterExpression),
      ExpressionAttributeValues: values
    }))).Count === 1
  const names = (expression: string) => {
    const used = [...expression.matchAll(/\b(lacking2?|text|bytes|list2?|map2?|set2?|no|yes|same)\b/g)].map(([name]) => name)
    return used.length > 0 ? Object.fromEntries(used.map((name) => [`#${name}`, name])) : undefined
  }
  const all: [string, boolean, Record<string, unknown>?][] = [
    ['a < b', true], ['b < a', false], ['a BETWEEN a AND b', true], ['a BETWEEN a AND lacking', false], ['a IN (lacking, a)', true],
    ['lacking < a', false], ['lacking = lacking2', false], ['lacking <> a', true], ['contains(lacking, :x)', false, { ':x': 'x' }],
    ['size(lacking) > a', false], ['begins_with(text, lacking)', false], ['text = same', true], ['begins_with(text, :p)', true, { ':p': 'ä' }],
    ['list = list2', true], ['map = map2', true], ['set = set2', true], ['list = map', false], ['contains(set, :x)', true, { ':x': 'x' }],
    ['contains(list, :m)', true, { ':m': { x: 'y' } }], ['contains(bytes, :two)', true, { ':two': new Uint8Array([2]) }], ['contains(text, :n)', false, { ':n': 1 }],
    ['a = :one', false, { ':one': '2' }], ['a = :two', true, { ':two': 2 }], ['yes = :true', true, { ':true': true }], ['no = :null', true, { ':null': null }],
    ['attribute_type(set, :ss)', true, { ':ss': 'SS' }], ['attribute_exists(lacking)', false], ['NOT attribute_exists(lacking)', true],
    ['attribute_not_exists(lacking) AND a < b', true], ['a > b OR size(list) = a', true],
  ]
  for (const [expression, expected, values] of all) t.equal(await holds(expression, values), expected, expression)
})
