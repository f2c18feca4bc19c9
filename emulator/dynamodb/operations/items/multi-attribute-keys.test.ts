import assert from 'node:assert/strict'
import { CreateTableCommand, DescribeTableCommand, UpdateTableCommand, type CreateTableCommandInput, type GlobalSecondaryIndex } from '@aws-sdk/client-dynamodb'
import { PutCommand, QueryCommand, ScanCommand, type DynamoDBDocumentClient, type QueryCommandInput } from '@aws-sdk/lib-dynamodb'
import fc from 'fast-check'
import { test } from 'tap'
import { overWays, testEmulator } from '../../../test-support/emulator.ts'

/*
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html
 * Words of refusals: recorded from AWS by the public paritysuite/dynamodb-conformance and aws-controllers-k8s, October 2026.
 */

type Key = [name: string, type: 'HASH' | 'RANGE']

const schema = (keys: Key[]) => keys.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType }))

const index = (...keys: Key[]): GlobalSecondaryIndex => ({ IndexName: 'ByMany', KeySchema: schema(keys), Projection: { ProjectionType: 'ALL' } })

/** Attributes whose names are capital letters are numbers. */
const definition = (one: GlobalSecondaryIndex): CreateTableCommandInput => ({
  TableName: 'things',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [...new Set(['id', ...one.KeySchema!.map(({ AttributeName }) => AttributeName!)])]
    .map((name) => ({ AttributeName: name, AttributeType: /^[A-Z]$/.test(name) ? 'N' as const : 'S' as const })),
  KeySchema: schema([['id', 'HASH']]),
  GlobalSecondaryIndexes: [one],
})

const put = (documents: DynamoDBDocumentClient, Item: Record<string, unknown>) => documents.send(new PutCommand({ TableName: 'things', Item }))

const EQUALITY = 'HASH key attributes h, g must all have equality conditions specified in the query'

const VALUES = { ':o': 'o', ':T': 'T', ':live': 'live', ':a': 'a', ':r': 'r', ':1': 'r1', ':5': 5 }

/** A query's ids and what the next page starts after. */
async function query (documents: DynamoDBDocumentClient, condition: string, more: Partial<QueryCommandInput> = {}) {
  const { Items = [], LastEvaluatedKey } = await documents.send(new QueryCommand({
    TableName: 'things',
    IndexName: 'ByMany',
    KeyConditionExpression: condition,
    ExpressionAttributeValues: Object.fromEntries(Object.entries(VALUES).filter(([name]) => new RegExp(`${name}\\b`).test(condition))),
    ...more,
  }))
  return { ids: Items.map(({ id }) => id as string), LastEvaluatedKey }
}

test('a key of one HASH and four RANGE attributes is queried from the left, and sorted by each in turn', (t) => {
  overWays(t, ['wire', 'in-process', 'fast path'], async (t, start) => {
    const { clients: { dynamodb, documents } } = await start()
    await dynamodb.send(new CreateTableCommand(definition(index(['h', 'HASH'], ['a', 'RANGE'], ['b', 'RANGE'], ['c', 'RANGE'], ['d', 'RANGE']))))
    const items: [id: string, a: string, b: string, c: string | undefined, d: string][] = [
      ['p1', 'T', 'live', 'b', 'r1'], ['p2', 'T', 'live', 'a', 'r2'], ['p3', 'T', 'live', 'a', 'r1'],
      ['p4', 'T', 'draft', 'c', 'r1'], ['p5', 'F', 'live', 'a', 'r0'], ['p6', 'T', 'live', undefined, 'r1'],
    ]
    for (const [id, a, b, c, d] of items) await put(documents, { id, h: 'o', a, b, c, d })

    const found: [condition: string, ids: string[]][] = [
      ['h = :o', ['p5', 'p4', 'p3', 'p2', 'p1']], // p6 lacks an attribute of the key
      ['h = :o AND a = :T', ['p4', 'p3', 'p2', 'p1']],
      ['h = :o AND a = :T AND b = :live', ['p3', 'p2', 'p1']],
      ['h = :o AND a = :T AND b = :live AND c = :a', ['p3', 'p2']],
      ['h = :o AND a = :T AND b = :live AND c > :a', ['p1']],
      ['h = :o AND a = :T AND b = :live AND c = :a AND d = :1', ['p3']],
      ['h = :o AND a = :T AND b = :live AND c = :a AND begins_with(d, :r)', ['p3', 'p2']],
      ['h = :o AND a = :T AND b = :live AND c = :a AND d BETWEEN :1 AND :1', ['p3']],
      ['h = :o AND a = :T AND b < :live', ['p4']],
      ['b = :live AND h = :o AND a = :T', ['p3', 'p2', 'p1']],
    ]
    for (const [condition, ids] of found) t.same((await query(documents, condition)).ids, ids, condition)
    t.same((await query(documents, 'h = :o AND a = :T', { ScanIndexForward: false })).ids, ['p1', 'p2', 'p3', 'p4'])

    const page = await query(documents, 'h = :o AND a = :T', { Limit: 2 })
    t.same(page.ids, ['p4', 'p3'])
    t.same(Object.keys(page.LastEvaluatedKey ?? {}).sort(), ['a', 'b', 'c', 'd', 'h', 'id'])
    t.same((await query(documents, 'h = :o AND a = :T', { ExclusiveStartKey: page.LastEvaluatedKey })).ids, ['p2', 'p1'])
    t.same((await query(documents, 'h = :o AND a = :T', { ExclusiveStartKey: page.LastEvaluatedKey, ScanIndexForward: false })).ids, ['p4'])
    t.equal((await documents.send(new ScanCommand({ TableName: 'things', IndexName: 'ByMany' }))).Count, 5)
    const { ConsumedCapacity } = await documents.send(new QueryCommand({
      TableName: 'things', IndexName: 'ByMany', KeyConditionExpression: 'h = :o', ExpressionAttributeValues: { ':o': 'o' }, ReturnConsumedCapacity: 'INDEXES',
    }))
    t.match(ConsumedCapacity, { CapacityUnits: 0.5, GlobalSecondaryIndexes: { ByMany: { CapacityUnits: 0.5 } } })
  })
  t.end()
})

test('conditions that such a key cannot answer are refused', async (t) => {
  const { dynamodb, documents } = (await testEmulator(t)).clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(definition(index(['h', 'HASH'], ['g', 'HASH'], ['a', 'RANGE'], ['b', 'RANGE'], ['C', 'RANGE']))))
  await put(documents, { id: '1', h: 'o', g: 'o', a: 'T', b: 'live', C: 1 })
  await put(documents, { id: '2', h: 'o', g: 'o', a: 'T', b: 'live', C: 2 })
  const both = 'h = :o AND g = :o'
  const gap = (open: string, there: string) => `RANGE key attributes ${open} must have equality conditions specified in the query because a condition is present on key attribute ${there}`
  const start = (await query(documents, both, { Limit: 1 })).LastEvaluatedKey!
  const cases: [condition: string, message: string, more?: Partial<QueryCommandInput>][] = [
    ['h = :o', EQUALITY],
    ['h = :o AND a = :T', EQUALITY],
    ['h = :o AND g > :o', EQUALITY],
    ['h = :o AND g BETWEEN :o AND :o', EQUALITY],
    ['begins_with(h, :o) AND g = :o', EQUALITY],
    [`${both} AND b = :live`, gap('a', 'b')],
    [`${both} AND a = :T AND C = :5`, gap('b', 'C')],
    [`${both} AND a = :T AND b > :live AND C = :5`, gap('b', 'C')],
    [`${both} AND C = :5`, gap('a, b', 'C')],
    [`${both} AND x = :T`, 'Query key condition not supported'],
    [`${both} AND a = :5`, 'One or more parameter values were invalid: Condition parameter type does not match schema type'],
    [both, 'Consistent reads are not supported on global secondary indexes', { ConsistentRead: true }],
    [both, 'Filter Expression can only contain non-primary key attributes: Primary key attribute: b', { FilterExpression: 'b = :o' }],
    [both, 'The provided starting key is invalid', { ExclusiveStartKey: { id: '1', h: 'o' } }],
    [`${both} AND a = :a`, 'The provided starting key is outside query boundaries based on provided conditions', { ExclusiveStartKey: start }],
    [`${both} AND a > :T`, 'The provided starting key does not match the range key predicate', { ExclusiveStartKey: start }],
  ]
  for (const [condition, message, more] of cases) await t.rejects(query(documents, condition, more), { name: 'ValidationException', message }, message)
  await t.rejects(documents.send(new PutCommand({ TableName: 'things', Item: { id: '3', C: 'one' } })), {
    message: 'One or more parameter values were invalid: Type mismatch for Index Key C Expected: N Actual: S IndexName: ByMany',
  })
  await t.rejects(documents.send(new QueryCommand({
    TableName: 'things', KeyConditionExpression: 'id = :o AND a = :o AND b = :o', ExpressionAttributeValues: { ':o': 'o' },
  })), { name: 'ValidationException', message: 'The number of query conditions (3) exceeds the number of key attributes defined in the schema (1)' }, 'the table\'s own key has two attributes at most')
})

test('KeyConditions, the legacy form, accepts such a key too', async (t) => {
  const { dynamodb, documents } = (await testEmulator(t)).clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(definition(index(['h', 'HASH'], ['a', 'RANGE'], ['N', 'RANGE']))))
  for (const n of [300, 100, -1.5, 20]) await put(documents, { id: `${n}`, h: 'o', a: 'T', N: n })
  const { Items } = await documents.send(new QueryCommand({
    TableName: 'things',
    IndexName: 'ByMany',
    KeyConditions: {
      h: { ComparisonOperator: 'EQ', AttributeValueList: ['o'] },
      a: { ComparisonOperator: 'EQ', AttributeValueList: ['T'] },
      N: { ComparisonOperator: 'GT', AttributeValueList: [-2] },
    },
  }))
  t.same(Items?.map(({ id }) => id as string), ['-1.5', '20', '100', '300'])
})

test('invalid index keys are refused, for a new table and for an existing one', async (t) => {
  const { dynamodb } = (await testEmulator(t)).clients({ maxAttempts: 1 })
  const PREFIX = 'One or more parameter values were invalid: '
  const hashes: Key[] = ['a', 'b', 'c', 'd'].map((name) => [name, 'HASH'])
  const ranges: Key[] = ['e', 'f', 'g', 'h'].map((name) => [name, 'RANGE'])
  const cases: [keys: Key[], message: string][] = [
    [[...hashes, ['x', 'HASH']], `${PREFIX}The KeySchema exceeds the maximum allowed number of HASH key attributes`],
    [[['a', 'HASH'], ...ranges, ['x', 'RANGE']], `${PREFIX}The KeySchema exceeds the maximum allowed number of RANGE key attributes`],
    [[['a', 'HASH'], ['b', 'RANGE'], ['c', 'HASH']], `${PREFIX}All HASH key attributes must precede RANGE key attributes in the KeySchema`],
    [[['a', 'HASH'], ['b', 'RANGE'], ['a', 'RANGE']], 'The KeySchema contains multiple key attributes with the same name'],
    [[['a', 'RANGE'], ['b', 'HASH'], ['c', 'HASH']], 'Invalid KeySchema: The first KeySchemaElement is not a HASH key type'],
  ]
  for (const [keys, message] of cases) await t.rejects(dynamodb.send(new CreateTableCommand(definition(index(...keys)))), { name: 'ValidationException', message })
  const whole = [...hashes, ...ranges]
  await dynamodb.send(new CreateTableCommand(definition(index(...whole))))
  t.same((await dynamodb.send(new DescribeTableCommand({ TableName: 'things' }))).Table?.GlobalSecondaryIndexes?.[0]?.KeySchema, schema(whole))
  for (const [keys, message] of cases) {
    const Create = { ...index(...keys), IndexName: 'Another' }
    const { AttributeDefinitions } = definition(index(...keys))
    await t.rejects(dynamodb.send(new UpdateTableCommand({ TableName: 'things', AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create }] })), { name: 'ValidationException', message })
  }
  await t.rejects(dynamodb.send(new CreateTableCommand({ ...definition(index(['a', 'HASH'])), KeySchema: schema([['id', 'HASH'], ['a', 'RANGE'], ['b', 'RANGE']]) })), {
    message: '1 validation error detected: Value \'[KeySchemaElement(attributeName=id, keyType=HASH), KeySchemaElement(attributeName=a, keyType=RANGE), ' +
      'KeySchemaElement(attributeName=b, keyType=RANGE)]\' at \'keySchema\' failed to satisfy constraint: Member must have length less than or equal to 2',
  })
})

test('pages of any query are those of a sorted list of all items', async (t) => {
  const emulator = await testEmulator(t)
  const { dynamodb, documents } = emulator.clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand(definition(index(['h', 'HASH'], ['g', 'HASH'], ['a', 'RANGE'], ['N', 'RANGE']))))
  const TEXTS = ['', 'a', 'ab', 'b', '/', '~', 'é', '\u{1F600}', '\uFFFF']
  const NUMBERS = [-10, -1.5, -1.25, 0, 0.001, 1, 1.5, 10, 9e15]
  const items = Array.from({ length: 400 }, (_, n) => ({
    id: `${n}`, h: `${n % 2}`, g: `${n % 3}`, a: `t${TEXTS[n % TEXTS.length]}`, N: NUMBERS[(n * 7) % NUMBERS.length]!,
  }))
  await Promise.all(items.map((item) => put(documents, item)))
  const bytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other))
  const tests = {
    '=': (order: number) => order === 0, '<': (order: number) => order < 0, '<=': (order: number) => order <= 0, '>': (order: number) => order > 0, '>=': (order: number) => order >= 0,
  }
  const anyOperator = fc.constantFrom(...Object.keys(tests) as (keyof typeof tests)[])
  const text = fc.constantFrom(...TEXTS.map((one) => `t${one}`))
  const number = fc.constantFrom(...NUMBERS)
  const conditions = fc.oneof(
    fc.constant({ condition: '', values: {}, meets: () => true }),
    fc.tuple(anyOperator, text).map(([operator, value]) => ({
      condition: ` AND a ${operator} :a`, values: { ':a': value }, meets: (item: typeof items[0]) => tests[operator](bytes(item.a, value)),
    })),
    fc.tuple(text, anyOperator, number).map(([value, operator, limit]) => ({
      condition: ` AND a = :a AND N ${operator} :n`, values: { ':a': value, ':n': limit }, meets: (item: typeof items[0]) => item.a === value && tests[operator](item.N - limit),
    })))
  await t.resolves(fc.assert(fc.asyncProperty(conditions, fc.boolean(), fc.integer({ min: 1, max: 60 }), async ({ condition, values, meets }, forward, limit) => {
    const expected = items.filter((item) => item.h === '1' && item.g === '2' && meets(item))
      .sort((one, other) => bytes(one.a, other.a) || one.N - other.N).map(({ a, N }) => [a, N])
    const found: Record<string, unknown>[] = []
    let ExclusiveStartKey: Record<string, unknown> | undefined
    do {
      const page = await documents.send(new QueryCommand({
        TableName: 'things',
        IndexName: 'ByMany',
        KeyConditionExpression: `h = :h AND g = :g${condition}`,
        ExpressionAttributeValues: { ':h': '1', ':g': '2', ...values },
        ScanIndexForward: forward,
        Limit: limit,
        ExclusiveStartKey,
      }))
      found.push(...page.Items!)
      ExclusiveStartKey = page.LastEvaluatedKey
    } while (ExclusiveStartKey)
    if (!forward) found.reverse()
    assert.deepStrictEqual(found.map(({ a, N }) => [a, N]), expected)
    assert.equal(new Set(found.map(({ id }) => id)).size, found.length)
  }), { numRuns: 60 }))
})
