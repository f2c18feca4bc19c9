import fc from 'fast-check'
import { test } from 'tap'
import { checkShape } from './dynalite.ts'
import { operations } from '../index.ts'
import type { Shapes } from './shapes.ts'
import { compileShapes } from './well-formed.ts'

const text = fc.constantFrom('', 'a', 'abc', 'TOTAL', 'SIZE', 'ALL_OLD', 'NONE', '#n', 'x'.repeat(256), 'not a name', '1', '-1e5', '__proto__', 'constructor')
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 5, depthSize: 'small' },
    text, fc.boolean(), fc.integer({ min: -2, max: 300 }), fc.constantFrom(null, 1.5, 'AQI=', []),
    fc.record({ S: text }), fc.record({ N: text }), fc.record({ BOOL: fc.boolean() }), fc.record({ L: fc.array(tie('value'), { maxLength: 3 }) }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 })
  ),
}))

/** Mostly what the shape has members for, since anything else is refused at once. */
const inputOf = (shapes: Shapes) => fc.dictionary(fc.constantFrom(...Object.keys(shapes), 'Unknown'), value, { maxKeys: 5 })

for (const [name, { types }] of Object.entries(operations)) {
  test(`the engine accepts every input that the compiled shape of ${name} accepts`, (t) => {
    const accepts = compileShapes(types)
    fc.assert(fc.property(inputOf(types), (input) => {
      if (!accepts(input)) return
      const before = JSON.stringify(input)
      t.strictSame(checkShape(types, input), JSON.parse(before), before)
    }), { numRuns: 400, seed: 3 })
    t.end()
  })
}

const key = { id: { S: 'a' } }
const ordinary: [keyof typeof operations, object][] = [
  ['GetItem', { TableName: 'table', Key: key, ConsistentRead: true, ProjectionExpression: 'a', ReturnConsumedCapacity: 'TOTAL' }],
  ['PutItem', { TableName: 'table', Item: { ...key, n: { N: '1' }, l: { L: [{ S: 'a' }, { NULL: true }] }, m: { M: { s: { SS: ['a'] } } } }, ConditionExpression: 'a = :a', ExpressionAttributeValues: { ':a': { BOOL: true } } }],
  ['Query', { TableName: 'table', KeyConditionExpression: 'id = :a', ExpressionAttributeNames: { '#a': 'a' }, Limit: 5, ScanIndexForward: false }],
  ['BatchGetItem', { RequestItems: { table: { Keys: [key] } } }],
  ['BatchWriteItem', { RequestItems: { table: [{ PutRequest: { Item: key } }, { DeleteRequest: { Key: key } }] } }],
  ['TransactWriteItems', { TransactItems: [{ Put: { TableName: 'table', Item: key } }, { Delete: { TableName: 'table', Key: key } }], ClientRequestToken: 'abc' }],
  ['DescribeTable', { TableName: 'table' }],
]

for (const [name, input] of ordinary) {
  test(`the compiled shape accepts an ordinary ${name}, and refuses invalid ones`, (t) => {
    const accepts = compileShapes(operations[name].types)
    t.ok(accepts(input))
    for (const wrong of [{ ...input, Unknown: 1 }, { ...input, TableName: 1 }, { ...input, [Object.keys(input)[0]!]: null }, {}, [], null, 'a']) t.notOk(accepts(wrong), JSON.stringify(wrong))
    t.end()
  })
}
