import { CreateTableCommand, PutItemCommand, type KeySchemaElement } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import tap, { test } from 'tap'
import { testEmulator } from '../test-support/emulator.ts'
import { sendRaw } from '../test-support/raw-call.ts'
import { operations } from './index.ts'

/** How many requests; many more by hand: `SANDTABLE_FUZZ_RUNS=1000000 npx tsx emulator/dynamodb/fuzz.slow.test.ts`. */
const RUNS = Number(process.env.SANDTABLE_FUZZ_RUNS ?? 2000)
/** What one request may take of the processor, in µs. */
const MOST_CPU = 250_000

/** Names that mean something to JavaScript, to DynamoDB or to the tables below. */
const name = fc.constantFrom('a', 'b', 'c', 'm', 'l', 'pk', 'sk', 'name', 'size', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'é', 'a.b', '')
const placeholder = fc.constantFrom('#a', '#b', '#p', '#c')
const valueName = fc.constantFrom(':a', ':b', ':c', ':n', ':l')
const numberText = fc.oneof(
  fc.constantFrom('0', '-0', '1', '1.0', '-1.5', '1e125', '1e126', '1E-130', '-1e-131', '1e999999999999', '9'.repeat(38), '9'.repeat(39), 'NaN', '', ' 1', '0x1'),
  fc.double().map(String), fc.bigInt().map(String))
const text = fc.oneof(name, fc.string({ maxLength: 8 }), fc.constantFrom('x'.repeat(1025), 'x'.repeat(2049)))
const bytes = fc.oneof(fc.uint8Array({ maxLength: 6 }).map((all) => Buffer.from(all).toString('base64')), fc.constantFrom('', '=', 'a', 'AA=='))
const junk = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(null, [], {}, '', 0, -1, true, [null], { S: null }, 1e300))

function dictionary<T> (key: fc.Arbitrary<string>, value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  // As JSON.parse makes them: a member of that name is the object's own.
  return fc.array(fc.tuple(key, value), { maxLength: 4 }).map((entries) => Object.fromEntries(entries) as Record<string, T>)
}

/** Mostly the one, and now and then something else altogether. */
const mostly = (arbitrary: fc.Arbitrary<unknown>) => fc.oneof({ arbitrary, weight: 14 }, { arbitrary: junk, weight: 1 })

const { value, condition, operand } = fc.letrec<{ value: unknown, condition: string, operand: string, path: string }>((tie) => ({
  value: mostly(fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ S: text }), fc.record({ N: numberText }), fc.record({ B: bytes }), fc.record({ BOOL: fc.boolean() }), fc.record({ NULL: fc.boolean() }),
    fc.record({ SS: fc.array(text, { maxLength: 3 }) }), fc.record({ NS: fc.array(numberText, { maxLength: 3 }) }), fc.record({ BS: fc.array(bytes, { maxLength: 3 }) }),
    fc.record({ L: fc.array(tie('value'), { maxLength: 3 }) }), fc.record({ M: dictionary(name, tie('value')) }),
    fc.constant({ S: 'a', N: '1' }))),
  path: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(name, placeholder), fc.tuple(tie('path'), name).map((all) => all.join('.')),
    fc.tuple(tie('path'), fc.constantFrom('[0]', '[1]', '[99999999999]', '[-1]', '[a]')).map((all) => all.join(''))),
  operand: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('path'), valueName, tie('operand').map((one) => `(${one})`), tie('path').map((one) => `size(${one})`),
    fc.tuple(fc.constantFrom('if_not_exists', 'list_append', 'contains', 'begins_with', 'toString'), fc.array(tie('operand'), { maxLength: 3 }))
      .map(([name, args]) => `${name}(${args.join(', ')})`)),
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(tie('operand'), fc.constantFrom('=', '<>', '<', '<=', '>', '>=', ' IN '), tie('operand')).map((all) => all.join('')),
    fc.tuple(tie('operand'), tie('operand'), tie('operand')).map(([one, low, high]) => `${one} BETWEEN ${low} AND ${high}`),
    fc.tuple(fc.constantFrom('attribute_exists', 'attribute_not_exists', 'contains', 'begins_with', 'attribute_type'), fc.array(tie('operand'), { maxLength: 3 }))
      .map(([name, args]) => `${name}(${args.join(', ')})`),
    fc.tuple(tie('condition'), fc.constantFrom(' AND ', ' OR '), tie('condition')).map((all) => all.join('')),
    tie('condition').map((one) => `NOT ${one}`), tie('condition').map((one) => `(${one})`)),
}))

const TOKENS = ['SET', 'REMOVE', 'ADD', 'DELETE', 'AND', 'OR', 'NOT', 'IN', 'BETWEEN', '(', ')', '[', ']', ',', '.', '=', '<', '<>', '+', '-', '#', ':', '#a', ':a', 'a', '0', '!', '\0', '\n', '💥']
const noise = fc.array(fc.constantFrom(...TOKENS), { maxLength: 12 }).map((tokens) => tokens.join(' '))
const deep = fc.tuple(fc.constantFrom('(', 'NOT ', '(NOT (', 'size(', 'a.', 'a[0]', 'SET ', 'a = b OR ', 'list_append('), fc.integer({ min: 1, max: 2000 }))
  .map(([piece, times]) => piece.repeat(times))
const orNoise = (arbitrary: fc.Arbitrary<string>) => fc.oneof({ arbitrary, weight: 8 }, { arbitrary: noise, weight: 1 }, { arbitrary: deep, weight: 1 })
const filter = orNoise(condition)
const keyCondition = orNoise(fc.oneof(fc.constantFrom('pk = :a', 'pk = :a AND sk > :n', '#p = :a AND sk BETWEEN :n AND :n', 'a = :a', 'pk = :a AND begins_with(sk, :a)'), condition))
const action = fc.tuple(fc.constantFrom('a', 'b', 'm.x', 'l[0]', 'l[7]', '#a', '#a.#b', 'pk', '__proto__', 'm.constructor'), operand, operand)
const update = orNoise(fc.array(fc.oneof(
  fc.array(action, { minLength: 1, maxLength: 3 }).map((all) => `SET ${all.map(([path, one, other]) => `${path} = ${one}${other.length % 2 ? ` + ${other}` : ''}`).join(', ')}`),
  fc.array(action, { minLength: 1, maxLength: 3 }).map((all) => `REMOVE ${all.map(([path]) => path).join(', ')}`),
  fc.tuple(action, valueName, fc.constantFrom('ADD', 'DELETE')).map(([[path], value, word]) => `${word} ${path} ${value}`)
), { minLength: 1, maxLength: 3 }).map((all) => all.join(' ')))
const projection = orNoise(fc.array(fc.tuple(name, fc.constantFrom('', '.a', '[0]', '.constructor')).map((all) => all.join('')), { minLength: 1, maxLength: 4 }).map((all) => all.join(', ')))

const table = fc.oneof({ arbitrary: fc.constantFrom('fuzz-plain', 'fuzz-full'), weight: 12 }, { arbitrary: fc.constantFrom('missing', '__proto__', 'constructor', 'ab', ''), weight: 1 })
const key = mostly(fc.oneof(
  fc.record({ pk: fc.constantFrom({ S: 'a' }, { S: 'b' }) }),
  fc.record({ pk: fc.constantFrom({ S: 'a' }, { S: 'b' }), sk: fc.record({ N: numberText }) }), dictionary(name, value)))
const item = mostly(fc.tuple(key, dictionary(name, value)).map(([key, more]) => ({ ...more, ...(key as object) })))
const legacy = mostly(dictionary(name, mostly(fc.record({
  ComparisonOperator: fc.constantFrom('EQ', 'NE', 'LE', 'IN', 'BETWEEN', 'NULL', 'NOT_NULL', 'CONTAINS', 'NOT_CONTAINS', 'BEGINS_WITH', 'toString'),
  AttributeValueList: fc.array(value, { maxLength: 2 }),
  Value: value,
  Exists: fc.boolean(),
}, { requiredKeys: [] }))))

const names = mostly(dictionary(placeholder, name))
const values = mostly(dictionary(valueName, value))
const flags = { ReturnConsumedCapacity: mostly(fc.constantFrom('TOTAL', 'INDEXES')), ReturnItemCollectionMetrics: mostly(fc.constant('SIZE')) }
const placeholders = { ExpressionAttributeNames: names, ExpressionAttributeValues: values }
const write = {
  TableName: table,
  ...placeholders,
  ...flags,
  ConditionExpression: filter,
  Expected: legacy,
  ConditionalOperator: mostly(fc.constantFrom('AND', 'OR')),
  ReturnValues: mostly(fc.constantFrom('ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW', 'NONE')),
  ReturnValuesOnConditionCheckFailure: mostly(fc.constant('ALL_OLD')),
}
const read = { TableName: table, AttributesToGet: mostly(fc.array(name)), ProjectionExpression: projection, ExpressionAttributeNames: names, ConsistentRead: mostly(fc.boolean()), ...flags }
const page = {
  ...read,
  ...placeholders,
  IndexName: mostly(fc.constantFrom('Global', 'Local', 'constructor')),
  FilterExpression: filter,
  Limit: mostly(fc.integer({ min: 0, max: 5 })),
  Select: mostly(fc.constantFrom('COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'SPECIFIC_ATTRIBUTES')),
  ExclusiveStartKey: key,
  ConditionalOperator: mostly(fc.constantFrom('AND', 'OR')),
}

const some = (members: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[] = ['TableName']) =>
  fc.record(Object.fromEntries(Object.entries(members).map(([name, arbitrary]) => [name, requiredKeys.includes(name) ? arbitrary : fc.option(arbitrary, { nil: undefined, freq: 1 })])), { requiredKeys })
const put = some({ ...write, Item: item }, ['TableName', 'Item'])
const change = some({ ...write, Key: key, UpdateExpression: update, AttributeUpdates: mostly(dictionary(name, fc.record({ Action: fc.constantFrom('PUT', 'ADD', 'DELETE', 'x'), Value: value }, { requiredKeys: [] }))) }, ['TableName', 'Key', 'UpdateExpression'])
const remove = some({ ...write, Key: key }, ['TableName', 'Key'])
const get = some({ ...read, Key: key }, ['TableName', 'Key'])
const byTable = (arbitrary: fc.Arbitrary<unknown>) => fc.record({ RequestItems: mostly(dictionary(table, mostly(arbitrary))), ...flags })
const transaction = (arbitrary: fc.Arbitrary<unknown>) => fc.record({ TransactItems: mostly(fc.array(mostly(arbitrary), { maxLength: 4 })), ...flags })

const REQUESTS: Record<string, fc.Arbitrary<unknown>> = {
  GetItem: get,
  PutItem: put,
  UpdateItem: change,
  DeleteItem: remove,
  Query: some({ ...page, KeyConditionExpression: keyCondition, KeyConditions: legacy, QueryFilter: legacy, ScanIndexForward: mostly(fc.boolean()) }, ['TableName', 'KeyConditionExpression', 'ExpressionAttributeValues']),
  Scan: some({ ...page, ScanFilter: legacy, Segment: mostly(fc.integer({ min: -1, max: 3 })), TotalSegments: mostly(fc.integer({ min: 0, max: 4 })) }),
  BatchGetItem: byTable(some({ ...read, Keys: mostly(fc.array(key, { maxLength: 3 })) }, ['Keys'])),
  BatchWriteItem: byTable(fc.array(fc.oneof(fc.record({ PutRequest: fc.record({ Item: item }) }), fc.record({ DeleteRequest: fc.record({ Key: key }) })), { maxLength: 3 })),
  TransactGetItems: transaction(fc.record({ Get: get })),
  TransactWriteItems: transaction(fc.oneof(fc.record({ Put: put }), fc.record({ Update: change }), fc.record({ Delete: remove }), fc.record({ ConditionCheck: remove }))),
}

// A file that is run by itself ends after half a minute otherwise.
const timeout = 30_000 + RUNS * 10
if (RUNS > 2000) tap.setTimeout(timeout)

test('every invalid request is refused, and none takes long', { timeout }, async (t) => {
  const emulator = await testEmulator(t, { onError: () => {} }) // an internal error shows in the answer
  const client = emulator.clients({ maxAttempts: 1 }).dynamodb
  const KeySchema: KeySchemaElement[] = [{ AttributeName: 'pk', KeyType: 'HASH' }]
  const schema = { BillingMode: 'PAY_PER_REQUEST' as const, KeySchema }
  const Projection = { ProjectionType: 'KEYS_ONLY' } as const
  await client.send(new CreateTableCommand({ ...schema, TableName: 'fuzz-plain', AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }] }))
  await client.send(new CreateTableCommand({
    ...schema,
    TableName: 'fuzz-full',
    AttributeDefinitions: [['pk', 'S'], ['sk', 'N'], ['a', 'S'], ['b', 'N']].map(([AttributeName, type]) => ({ AttributeName: AttributeName!, AttributeType: type as 'S' })),
    KeySchema: [...KeySchema, { AttributeName: 'sk', KeyType: 'RANGE' }],
    LocalSecondaryIndexes: [{ IndexName: 'Local', KeySchema: [...KeySchema, { AttributeName: 'b', KeyType: 'RANGE' }], Projection }],
    GlobalSecondaryIndexes: [{ IndexName: 'Global', KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }], Projection }],
  }))
  for (let sk = 0; sk < 6; sk++) {
    await client.send(new PutItemCommand({ TableName: 'fuzz-full', Item: { pk: { S: 'a' }, sk: { N: String(sk) }, a: { S: 'a' }, b: { N: '1' }, m: { M: { x: { N: '1' } } }, l: { L: [{ S: 'x' }] } } }))
  }

  const check = async (operation: string, body: string) => {
    const before = process.cpuUsage()
    const { status } = await sendRaw(client, operation, body)
    const { user, system } = process.cpuUsage(before)
    if (status !== 200 && (status < 400 || status > 499)) throw new Error(`answered ${status}`)
    if (user + system > MOST_CPU) throw new Error(`took ${user + system} µs`)
    return status
  }

  let accepted = 0
  const request = fc.oneof(
    { arbitrary: fc.constantFrom(...Object.keys(REQUESTS)).chain((operation) => REQUESTS[operation]!.map((input) => [operation, JSON.stringify(input)] as const)), weight: 20 },
    { arbitrary: fc.tuple(fc.constantFrom(...Object.keys(operations)), junk.map((input) => JSON.stringify(input))), weight: 1 },
    { arbitrary: fc.tuple(fc.constantFrom(...Object.keys(operations)), fc.oneof(fc.string(), fc.constantFrom('null', '[]', '1', '""', '{"TableName":{"__proto__":null}}'))), weight: 1 })
  await fc.assert(fc.asyncProperty(request, async ([operation, body]) => {
    if (await check(operation, body) === 200) accepted++
  }), { numRuns: RUNS, seed: RUNS })
  t.ok(accepted > RUNS / 50, `${accepted} of ${RUNS} requests were accepted, so that more than refusals was tried`)

  await t.test('values and expressions at their limits', async (t) => {
    const nested = (open: string, close: string, times: number) => `{"TableName":"fuzz-plain","Item":{"pk":{"S":"a"},"a":${open.repeat(times)}{"S":"x"}${close.repeat(times)}}}`
    for (const [open, close] of [['{"L":[', ']}'], ['{"M":{"a":', '}}']] as const) {
      t.equal(await check('PutItem', nested(open, close, 31)), 200)
      for (const times of [33, 1000, 100_000]) t.equal(await check('PutItem', nested(open, close, times)), 400, `${times} of ${open}`)
    }
    const members = Array.from({ length: 60_000 }, (_, i) => i.toString(36))
    const big = { TableName: 'fuzz-plain', Item: { pk: { S: 'a' }, s: { SS: members } } }
    t.equal(await check('PutItem', JSON.stringify(big)), 200)
    const same = { ExpressionAttributeNames: { '#s': 's' }, ExpressionAttributeValues: { ':s': { SS: [...members].reverse() } } }
    t.equal(await check('Scan', JSON.stringify({ TableName: 'fuzz-plain', FilterExpression: '#s = :s', ...same })), 200)
    t.equal(await check('UpdateItem', JSON.stringify({ TableName: 'fuzz-plain', Key: { pk: { S: 'a' } }, UpdateExpression: 'DELETE #s :s', ...same })), 200)
    const bounds = { ':s': { S: 'a' }, ':m': { M: { toString: { S: 'a' } } } }
    t.equal(await check('Scan', JSON.stringify({ TableName: 'fuzz-plain', FilterExpression: 'pk BETWEEN :s AND :m', ExpressionAttributeValues: bounds })), 400)
    const names = Array.from({ length: 1000 }, (_, i) => `a${i}`)
    t.equal(await check('Scan', JSON.stringify({ TableName: 'fuzz-plain', ProjectionExpression: names.slice(0, 700).join() })), 200)
  })
})
