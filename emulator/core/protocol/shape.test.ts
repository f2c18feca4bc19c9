import { test } from 'tap'
import { BrokenConstraints, readShape, WrongType, type StructureShape } from './shape.ts'

const shape = {
  type: 'structure',
  members: {
    Name: { type: 'string', min: 1, max: 5, pattern: '[a-z]+' },
    Kind: { type: 'string', values: ['BIG', 'SMALL'] },
    Data: { type: 'blob', min: 1, max: 4 },
    Share: { type: 'float', min: 0, max: 100 },
    Count: { type: 'integer', min: 1 },
    Deep: { type: 'boolean' },
    Kinds: { type: 'list', max: 2, of: { type: 'string', values: ['BIG', 'SMALL'] } },
    Parts: { type: 'list', of: { type: 'structure', members: { Size: { type: 'integer', max: 9 } }, required: ['Size'] } },
    S3Object: { type: 'structure', members: { Bucket: { type: 'string', min: 3 } }, required: ['Bucket'] },
  },
  required: ['Name'],
} as const satisfies StructureShape

test('parses an input by its shape', async (t) => {
  const input = readShape(shape, {
    Name: 'abc',
    Data: Buffer.from('hi').toString('base64'),
    Share: 1.5,
    Count: 2.9,
    Deep: false,
    Kinds: ['BIG'],
    Parts: [{ Size: 3 }],
    S3Object: { Bucket: 'abc', Other: 1 },
    Kind: null,
    Unknown: 'ignored',
  })
  const name: string = input.Name
  const kind: 'BIG' | 'SMALL' | undefined = input.Kind
  t.equal(name, 'abc')
  t.equal(kind, undefined, 'null is missing')
  t.strictSame(input, {
    Name: 'abc', Data: Buffer.from('hi'), Share: 1.5, Count: 2, Deep: false, Kinds: ['BIG'], Parts: [{ Size: 3 }], S3Object: { Bucket: 'abc' },
  }, 'unknown members are left out, bytes are decoded, an integer has no fraction')
})

test('reports a violated constraint as AWS does', async (t) => {
  const cases: Array<[input: object, message: string]> = [
    [{}, 'Value null at \'name\' failed to satisfy constraint: Member must not be null'],
    [{ Name: '' }, 'Value \'\' at \'name\' failed to satisfy constraint: Member must have length greater than or equal to 1; ' +
      'Value \'\' at \'name\' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+'],
    [{ Name: 'abcdef' }, 'Value \'abcdef\' at \'name\' failed to satisfy constraint: Member must have length less than or equal to 5'],
    [{ Name: 'a\nb' }, 'Value \'a\nb\' at \'name\' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+'],
    [{ Name: 'a', Kind: 'OLD' }, 'Value \'OLD\' at \'kind\' failed to satisfy constraint: Member must satisfy enum value set: [BIG, SMALL]'],
    [{ Name: 'a', Data: 'AAAAAAAA' }, 'Value \'java.nio.HeapByteBuffer[pos=0 lim=6 cap=6]\' at \'data\' failed to satisfy constraint: Member must have length less than or equal to 4'],
    [{ Name: 'a', Share: 101 }, 'Value \'101.0\' at \'share\' failed to satisfy constraint: Member must have value less than or equal to 100'],
    [{ Name: 'a', Count: 0 }, 'Value \'0\' at \'count\' failed to satisfy constraint: Member must have value greater than or equal to 1'],
    [{ Name: 'a', Kinds: ['BIG', 'OLD', 'NEW'] }, 'Value \'[BIG, OLD, NEW]\' at \'kinds\' failed to satisfy constraint: Member must have length less than or equal to 2; ' +
      'Value \'[BIG, OLD, NEW]\' at \'kinds\' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [BIG, SMALL]]'],
    [{ Name: 'a', Parts: [{ Size: 1 }, { Size: 10 }] }, 'Value \'10\' at \'parts.2.member.size\' failed to satisfy constraint: Member must have value less than or equal to 9'],
    [{ Name: 'a', S3Object: {} }, 'Value null at \'s3Object.bucket\' failed to satisfy constraint: Member must not be null'],
  ]
  for (const [input, message] of cases) {
    const count = message.split('; ').length
    t.throws(() => readShape(shape, input), new BrokenConstraints(message.split('; ')), JSON.stringify(input))
    t.throws(() => readShape(shape, input), { message: `${count} validation error${count === 1 ? '' : 's'} detected: ${message}` })
  }
})

test('refuses values of another type before it checks constraints', async (t) => {
  const cases: Array<[input: object, message: string]> = [
    [{ Name: 1 }, 'NUMBER_VALUE cannot be converted to String'],
    [{ Name: ['a'] }, 'Start of list found where not expected'],
    [{ Kind: true }, 'TRUE_VALUE cannot be converted to String'],
    [{ Share: 'x' }, 'STRING_VALUE cannot be converted to Float'],
    [{ Count: {} }, 'Start of structure or map found where not expected.'],
    [{ Deep: 'yes' }, 'STRING_VALUE cannot be converted to Boolean'],
    [{ Kinds: 'BIG' }, 'STRING_VALUE cannot be converted to a list'],
    [{ Kinds: [null] }, 'NULL_VALUE cannot be converted to String'],
    [{ S3Object: [] }, 'Start of list found where not expected'],
    [{ Data: 5 }, 'NUMBER_VALUE cannot be converted to Blob'],
    [{ Data: 'AA!A' }, 'Base64 encoded string has an invalid length or an invalid character'],
    [{ Data: 'AAA' }, 'Base64 encoded string has an invalid length or an invalid character'],
  ]
  for (const [input, message] of cases) t.throws(() => readShape(shape, input), new WrongType(message), JSON.stringify(input))
})
