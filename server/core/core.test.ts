import { EventEmitter, once } from 'node:events'
import fc from 'fast-check'
import { compareNumber, splitNumber } from 'lossless-json'
import { test } from 'tap'
import { Type } from 'typebox'
import { apiError, ApiError, awsOutage, StoreBusy, StoreUnreachable, TableMissing, translateAwsError, ValidationFailed, withTable } from './errors.ts'
import { numberFaults, parseExactly, writeExactly } from './exact-json.ts'
import { createPageTokens, InvalidPageToken } from './page-token.ts'
import { currentRequestId, runWithRequestId } from './request-context.ts'
import { envelope, errorResponses, page, success } from './schemas.ts'
import { redactUrl } from './logging.ts'
import { createTurns } from './turns.ts'

const named = (name: string, members: object = {}) => Object.assign(new Error(name), { name, ...members })

test('an API error', async (t) => {
  const Gone = apiError('THING_GONE', 'The thing %s of %s is gone', 410)

  t.test('fills its message, and has code and status', async (t) => {
    const error = new Gone('a', 'b')
    t.match(error, { message: 'The thing a of b is gone', code: 'THING_GONE', statusCode: 410 })
    t.ok(error instanceof ApiError && error instanceof Gone && error instanceof Error)
    t.notOk(error instanceof ValidationFailed, 'its class is its own')
  })

  t.test('has a stack when it is the server\'s fault, and none when it is the client\'s', async (t) => {
    t.notOk(new Gone('a', 'b').stack)
    t.match(new StoreBusy('Table x').stack, 'core.test.ts')
  })

  t.test('does not show its cause in its message', async (t) => {
    const cause = new Error('secret')
    const error = new StoreUnreachable('DynamoDB', { cause })
    t.equal(error.cause, cause)
    t.equal(error.message, 'DynamoDB cannot be reached')
  })

  t.test('has the headers of its class', async (t) => {
    t.strictSame(new StoreBusy('x').headers, { 'retry-after': '1' })
    t.equal(new Gone('a', 'b').headers, undefined)
  })

  t.test('for a validation has the first errors in its message and all in its details', async (t) => {
    const details = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ path: `body.${name}`, reason: 'is required' }))
    const error = new ValidationFailed(details)
    t.equal(error.message, 'The request is not valid: body.a is required; body.b is required; body.c is required; and 2 more')
    t.strictSame(envelope(error, 'id-1'), {
      status: 'error', message: error.message, statusCode: 400, code: 'VALIDATION_FAILED', requestId: 'id-1', details,
    })
    t.equal(new ValidationFailed(details.slice(0, 1)).message, 'The request is not valid: body.a is required')
  })
})

test('an AWS exception becomes', async (t) => {
  t.test('503 with the table and the command that creates it, when the table is missing', async (t) => {
    const cause = named('ResourceNotFoundException')
    const error = translateAwsError(cause, { table: 'face-verifications' })
    t.ok(error instanceof TableMissing)
    t.match(error, {
      message: 'Table face-verifications does not exist. Create it with: npx sandtable tables create', statusCode: 503, headers: { 'retry-after': /\d/ }, cause,
    })
    t.match(translateAwsError(cause, { table: ['a', 'b'] }), { message: /^One of the tables a, b does not exist/ })
    t.equal(translateAwsError(cause), cause, 'without a table it is something else that was not found')
  })

  t.test('503 when the store still throttles after all retries', async (t) => {
    for (const name of ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded', 'TransactionConflictException']) {
      t.match(translateAwsError(named(name), { table: 'events' }), { code: 'STORE_BUSY', message: 'Table events is too busy to answer', statusCode: 503 }, name)
    }
    const cancelled = (...codes: string[]) => named('TransactionCanceledException', { CancellationReasons: codes.map((Code) => ({ Code })) })
    t.equal(awsOutage(cancelled('None', 'ThrottlingError')), 'busy')
    t.equal(awsOutage(cancelled('ConditionalCheckFailed', 'ThrottlingError')), undefined, 'a failed condition stays one')
    t.equal(awsOutage(cancelled('None', 'ConditionalCheckFailed')), undefined)
  })

  t.test('503 when the store cannot be reached', async (t) => {
    const unreachable = [
      named('Error', { code: 'ECONNREFUSED' }), named('AggregateError', { code: 'ECONNREFUSED' }), named('TimeoutError'),
      named('Error', { code: 'ENOTFOUND' }), named('SomethingNew', { $metadata: { httpStatusCode: 502 } }),
    ]
    for (const error of unreachable) {
      t.match(translateAwsError(error, { table: 'events' }), { code: 'STORE_UNREACHABLE', message: 'DynamoDB (events) cannot be reached', statusCode: 503 }, error.name)
    }
  })

  t.test('503 when the store itself fails', async (t) => {
    for (const error of [named('InternalServerError'), named('InternalError'), named('SomethingNew', { $fault: 'server' }), named('UnknownError', { $metadata: { httpStatusCode: 500 } })]) {
      t.match(translateAwsError(error, { table: 'events' }), { code: 'STORE_FAILED', message: 'DynamoDB (events) had an internal error', statusCode: 503 }, error.name)
    }
  })

  t.test('503 when AWS denies access', async (t) => {
    for (const error of [
      ...['AccessDeniedException', 'UnrecognizedClientException', 'ExpiredTokenException', 'InvalidSignatureException', 'CredentialsProviderError'].map((name) => named(name)),
      named('UnknownError', { $metadata: { httpStatusCode: 403 } }),
    ]) t.match(translateAwsError(error, { table: 'events' }), { code: 'STORE_ACCESS_DENIED', message: /^DynamoDB \(events\) denies this server access/, statusCode: 503 }, error.name)
  })

  t.test('the same exception in any other case', async (t) => {
    const mistakes = [named('ValidationException', { $fault: 'client' }), named('ConditionalCheckFailedException'), new TypeError('x'), 'text']
    for (const mistake of mistakes) t.equal(translateAwsError(mistake, { table: 'events' }), mistake)
  })

  t.test('the same inside withTable, which returns results unchanged', async (t) => {
    t.equal(await withTable('events', async () => 7), 7)
    await t.rejects(withTable('events', async () => { throw named('ThrottlingException') }), { code: 'STORE_BUSY' })
  })
})

test('a page token', async (t) => {
  const tokens = createPageTokens('a secret of the test')

  t.test('decodes to its key, in its own scope', async (t) => {
    const key = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer()))
    t.doesNotThrow(() => fc.assert(fc.property(fc.string(), key, (scope, key) => {
      const back = tokens.decode(scope, tokens.encode(scope, key))
      return JSON.stringify(back) === JSON.stringify(key)
    }), { numRuns: 30, examples: [['ü', { id: '\u{1f600}\0', at: 1.5 }]] }))
  })

  t.test('is null for no key, and no key is undefined for no token', async (t) => {
    t.equal(tokens.encode('list', undefined), null)
    t.equal(tokens.decode('list', undefined), undefined)
  })

  t.test('is refused in another scope, from another secret, and when any character was changed', async (t) => {
    const token = tokens.encode('EventIndex/event-1', { eventId: 'event-1', createdAt: '2026' })
    const bad = [
      '', '.', 'garbage', `${token}.`, `${token}.x`, token.split('.')[0]!, token.slice(0, -1), `x${token}`, '{"eventId":"event-2"}',
      createPageTokens('another secret').encode('EventIndex/event-1', { eventId: 'event-1' }),
      ...[...token].map((c, i) => `${token.slice(0, i)}${c === 'A' ? 'B' : 'A'}${token.slice(i + 1)}`),
    ]
    const accepted = bad.filter((one) => {
      try {
        return tokens.decode('EventIndex/event-1', one)
      } catch (error) {
        return !(error instanceof InvalidPageToken)
      }
    })
    t.strictSame(accepted, [])
    t.throws(() => tokens.decode('EventIndex/event-2', token), { code: 'INVALID_PAGE_TOKEN', statusCode: 400 })
  })

  t.test('is not created for a key that it cannot restore', async (t) => {
    t.throws(() => tokens.encode('list', { id: new Uint8Array(2) }), TypeError)
  })
})

test('all code that a request starts knows the request id, and no other code does', async (t) => {
  t.equal(currentRequestId(), undefined)
  const seen = await Promise.all(['a', 'b'].map((id) => runWithRequestId(id, async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return currentRequestId()
  })))
  t.strictSame(seen, ['a', 'b'])
  const emitter = new EventEmitter()
  runWithRequestId('c', () => { setImmediate(() => emitter.emit('seen', currentRequestId())) })
  t.strictSame(await once(emitter, 'seen'), ['c'])
  t.equal(currentRequestId(), undefined)
})

test('schemas of answers', async (t) => {
  t.test('have a complete example', async (t) => {
    t.match(success(Type.Object({ id: Type.String() }), { message: 'Done', data: { id: 'a' } }), { examples: [{ status: 'success', message: 'Done', data: { id: 'a' } }] })
  })

  t.test('list the errors of a status as its examples', async (t) => {
    const Exists = apiError('EXISTS', '%s exists', 409)
    const responses: Record<number, object> = errorResponses(400, 404, new Exists('a'), new Exists('b'))
    t.strictSame(Object.keys(responses), ['400', '404', '409'])
    t.match(responses[409], { examples: [{ code: 'EXISTS', message: 'a exists', status: 'error' }, { message: 'b exists' }] })
    t.throws(() => errorResponses(418), /default error for 418/)
  })

  t.test('can be pages of a list', async (t) => {
    t.strictSame(Object.keys(page(Type.String()).properties), ['count', 'data', 'lastEvaluatedKey'])
  })
})

test('a URL is logged without the values of secret parameters', async (t) => {
  t.equal(redactUrl('/a?access_token=abc&limit=5&X-Amz-Signature=def'), '/a?access_token=[redacted]&limit=5&X-Amz-Signature=[redacted]')
  t.equal(redactUrl('/token/abc'), '/token/abc')
})

test('turns', async (t) => {
  const inTurn = createTurns<string>()
  const events: string[] = []
  const work = (key: string, name: string, fails = false) => inTurn(key, async (before) => {
    events.push(`${name} begins after ${before}`)
    await Promise.resolve()
    events.push(`${name} ends`)
    if (fails) throw new Error(name)
    return name
  })
  const answers = await Promise.allSettled([work('a', '1'), work('a', '2', true), work('a', '3'), work('a', '4'), work('b', 'other')])
  t.match(answers, [{ value: '1' }, { reason: { message: '2' } }, { value: '3' }, { value: '4' }, { value: 'other' }], 'each has its own answer, also behind one that fails')
  t.same(events.filter((event) => !event.startsWith('other')), [
    '1 begins after undefined', '1 ends', '2 begins after 1', '2 ends', '3 begins after undefined', '3 ends', '4 begins after 3', '4 ends',
  ], 'one after another')
  t.ok(events.indexOf('other begins after undefined') < events.indexOf('1 ends'), 'and beside what is under another key')
  t.equal(await work('a', 'later'), 'later')
  t.equal(events.at(-2), 'later begins after undefined', 'what is long over is forgotten')
})

test('JSON with numbers that a double does not hold', async (t) => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 45 })
  const number = fc.tuple(fc.constantFrom('', '-'), digits, fc.option(digits), fc.option(fc.integer({ min: -200, max: 200 })))
    .map(([sign, whole, part, power]) => `${sign}${whole.replace(/^0+(?=.)/, '')}${part === null ? '' : `.${part}`}${power === null ? '' : `e${power}`}`)
  const written = (text: string) => writeExactly(parseExactly(`{"a":[${text}]}`)).slice('{"a":['.length, -']}'.length)

  t.test('is written as it was parsed', async (t) => {
    fc.assert(fc.property(number, (text) => compareNumber(written(text), text) === 0), { numRuns: 1000 })
    for (const text of ['0', '-0.5', '12', '9007199254740991', '1e-7']) t.equal(written(text), text, 'a double as JavaScript writes it')
    const rest = '{"s":"9007199254740993","n":null,"t":true,"o":{"":[]},"twice":9007199254740993}'
    t.equal(writeExactly(parseExactly(rest)), rest)
    t.equal(writeExactly(parseExactly('{"a":1,"a":9007199254740993}')), '{"a":9007199254740993}', 'of two members of one name, the last, as JSON.parse has it')
    t.throws(() => parseExactly('[9007199254740993'), SyntaxError)
  })

  t.test('reports numbers that DynamoDB refuses: more than 38 digits, or out of range', async (t) => {
    fc.assert(fc.property(number, (text) => {
      const { digits, exponent } = splitNumber(text)
      const isKept = digits === '0' || (digits.length <= 38 && exponent >= -130 && exponent <= 125)
      return (numberFaults(parseExactly(`[[${text}]]`), 'body').length === 0) === isKept
    }), { numRuns: 1000 })
    t.strictSame(numberFaults(parseExactly('{"a":[1,{"b":1e126}]}'), 'body').map(({ path }) => path), ['body.a.1.b'])
  })
})

test('short numbers that are not exact doubles, or that the SDK refuses, keep their digits', (t) => {
  const json = '[1e-400,1E+126,12345678901234567890,0.1,-999999999999999]'
  const read = parseExactly(json) as unknown[] // the array above
  t.strictSame(read.map((one) => typeof one), ['object', 'object', 'object', 'number', 'number'])
  t.equal(writeExactly(read), json)
  t.end()
})
