import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import fc from 'fast-check'
import { test } from 'tap'
import { marshaller, unmarshaller } from './attribute-values.ts'
import { itemSize } from './item-size.ts'

const marshallBySdk: (value: unknown, options: object) => unknown = marshall
const bytes = fc.uint8Array({ maxLength: 8 })
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }))
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 },
    fc.string(), number, fc.boolean(), fc.constant(null), bytes,
    fc.uniqueArray(fc.string(), { minLength: 1 }).map((all) => new Set(all)),
    fc.uniqueArray(fc.integer(), { minLength: 1 }).map((all) => new Set(all)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 })
  ),
}))

test('values are read as they were written, and as the SDK returns them', (t) => {
  fc.assert(fc.property(value, (value) => {
    const json = JSON.parse(JSON.stringify(marshaller({ convertTopLevelContainer: true })(value))) as object
    const sdk = unmarshall(withBytes(json) as Parameters<typeof unmarshall>[0], { convertWithoutMapWrapper: true })
    t.strictSame(unmarshaller({ convertWithoutMapWrapper: true })(json), sdk)
  }), { numRuns: 300, seed: 1 })
  t.end()
})

test('each reader of a stored vector gets a copy, and a list that is not frozen is read again', (t) => {
  const read = unmarshaller({ convertWithoutMapWrapper: true })
  const stored = Object.freeze([{ N: '0.5' }, { N: '-2' }])
  for (let round = 0; round < 3; round++) {
    const vector = read({ L: stored }) as number[]
    t.strictSame(vector, [0.5, -2])
    vector[0] = 9
    vector.push(9)
  }
  const list = [{ N: '1' }, { N: '2' }]
  t.strictSame(read({ L: list }), [1, 2])
  list[0]!.N = '3'
  t.strictSame(read({ L: list }), [3, 2])
  t.end()
})

test('values are marshalled in one pass as the SDK marshals them, without undefined members and functions', (t) => {
  const options = { convertTopLevelContainer: true, removeUndefinedValues: true }
  const ours = marshaller(options)
  const odd = fc.oneof(value, fc.constantFrom(undefined, () => 1, new Date(0), NaN, Infinity, 2 ** 60, -0, new Set(), new Map([['a', 1]]), Object.create(null)))
  fc.assert(fc.property(fc.oneof(odd, fc.array(odd), fc.dictionary(fc.string(), odd)), (value) => {
    t.same(outcome(() => ours(value)), outcome(() => withBase64(marshallBySdk(value, options))))
  }), { numRuns: 500, seed: 2 })
  t.end()
})

test('a number that JavaScript cannot represent is the SDK\'s error', (t) => {
  for (const N of ['1e300', '12345678901234567890.5']) {
    const expected = { message: `${N} can't be converted to BigInt. Set options.wrapNumbers to get string value.` }
    t.throws(() => unmarshaller({})({ N }), expected)
    t.throws(() => unmarshall({ N }, { convertWithoutMapWrapper: true }), expected)
  }
  t.match(unmarshaller({ wrapNumbers: true, convertWithoutMapWrapper: true })({ L: [{ N: '1e300' }, { B: 'AQI=' }] }), [{ value: '1e300' }, new Uint8Array([1, 2])])
  t.end()
})

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
test('sizes count names and values in UTF-8, and numbers by significant digits', (t) => {
  const sizes: [object, number][] = [
    [{ S: 'äö' }, 4], [{ N: '0' }, 1], [{ N: '1' }, 2], [{ N: '-1' }, 3], [{ N: '100' }, 2], [{ N: '0.0012' }, 2], [{ N: '12345' }, 4],
    [{ B: 'AQID' }, 3], [{ BOOL: true }, 1], [{ NULL: true }, 1], [{ L: [{ S: 'a' }] }, 5], [{ M: { ab: { S: 'c' } } }, 7], [{ SS: ['a', 'bc'] }, 3], [{ NS: ['1', '22'] }, 4], [{ BS: ['AQ=='] }, 1],
  ]
  for (const [value, size] of sizes) t.equal(itemSize({ n: value }), 1 + size, JSON.stringify(value))
  t.end()
})

/** Base64 as the bytes that the SDK's deserializer would have made of it. */
function withBytes (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, one]: [string, unknown]) => {
    if (name === 'B' && typeof one === 'string') return [name, new Uint8Array(Buffer.from(one, 'base64'))]
    if (name === 'M' && one && typeof one === 'object') return [name, Object.fromEntries(Object.entries(one).map(([key, member]) => [key, withBytes(member)]))]
    return [name, withBytes(one)]
  }))
}

/** What came of it: a value, or the message of what was thrown. */
function outcome (make: () => unknown): unknown {
  try {
    return { value: make() }
  } catch (error) {
    return { message: String(error) }
  }
}

/** Bytes as the base64 that the SDK's serializer would have made of them. */
function withBase64 (value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(withBase64)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withBase64(one)]))
}
