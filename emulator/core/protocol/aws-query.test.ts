import { test, type Test } from 'tap'
import { VirtualClock } from '../clock.ts'
import type { Context } from '../context.ts'
import { AwsError, ConnectionReset } from '../errors.ts'
import { Faults } from '../faults.ts'
import type { Environment, Origin } from '../service.ts'
import { MemoryStorage } from '../storage/memory-storage.ts'
import { Trace } from '../trace.ts'
import type { WireRequest } from '../wire.ts'
import { isQueryCall, serveAwsQuery, type AwsQueryService } from './aws-query.ts'
import { readQueryInput } from './query-input.ts'
import { readShape, type StructureShape } from './shape.ts'
import { Timestamp } from './timestamp.ts'
import { parseXml } from './xml.ts'

const dimension = { type: 'structure', members: { Name: { type: 'string' }, Value: { type: 'string' } } } as const
const shape = {
  type: 'structure',
  members: {
    Namespace: { type: 'string' },
    Count: { type: 'integer' },
    Share: { type: 'float' },
    Deep: { type: 'boolean' },
    When: { type: 'timestamp' },
    Data: { type: 'blob' },
    Names: { type: 'list', of: { type: 'string' } },
    Metrics: { type: 'list', of: { type: 'structure', members: { Name: { type: 'string' }, Dimensions: { type: 'list', of: dimension } } } },
    Tags: { type: 'map', keys: { type: 'string' }, values: { type: 'string' } },
  },
} as const satisfies StructureShape

const read = (form: string) => readQueryInput(shape, new URLSearchParams(form))

test('parameters become the same input as in JSON', async (t) => {
  t.strictSame(read('Action=X&Version=2010-08-01&Namespace=a%26b&Count=-3&Share=1.5e3&Deep=true&Data=aGk%3D&Unknown.member.1=x'),
    { Namespace: 'a&b', Count: -3, Share: 1500, Deep: true, Data: 'aGk=' }, 'text is read by the shape; what the shape does not name is left out')
  t.strictSame(read('Names.member.10=c&Names.member.2=b&Names.member.1=a&Names.member.x=y').Names, ['a', 'b', 'c'], 'members are in the order of their numbers')
  t.strictSame(read('Names=').Names, [], 'a list that is given without members is empty')
  t.strictSame(read('Metrics.member.1.Name=m&Metrics.member.1.Dimensions.member.1.Name=n&Metrics.member.1.Dimensions.member.1.Value=v&Metrics.member.2.Name=o').Metrics,
    [{ Name: 'm', Dimensions: [{ Name: 'n', Value: 'v' }] }, { Name: 'o' }])
  t.strictSame(read('Tags.entry.1.key=a&Tags.entry.1.value=1&Tags.entry.2.key=__proto__&Tags.entry.2.value=2').Tags, Object.fromEntries([['a', '1'], ['__proto__', '2']]))
  for (const text of ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00', '2026-03-01T13:00:00+01:00', '1772366400']) {
    t.equal(readShape(shape, read(`When=${encodeURIComponent(text)}`)).When, Date.parse('2026-03-01T12:00:00Z'), text)
  }
  t.equal(readShape(shape, read('When=2026-03-01T12%3A00%3A00.250Z')).When, Date.parse('2026-03-01T12:00:00.250Z'))
})

test('a value of another type is malformed', async (t) => {
  const forms = {
    'Count=1.5': '"1.5" is not an Integer',
    'Count=': '"" is not an Integer',
    'Count=0x10': '"0x10" is not an Integer',
    'Share=NaN': '"NaN" is not a Double',
    'Deep=yes': '"yes" is not a Boolean',
    'When=tomorrow': '"tomorrow" is not a timestamp',
    [`Names${'.member.1'.repeat(30)}=x`]: /is nested too deeply/,
  }
  for (const [form, message] of Object.entries(forms)) t.throws(() => read(form), { message }, form)
})

function serve (t: Test) {
  const clock = new VirtualClock({ frozenAt: 0 })
  const trace = new Trace()
  const logged: unknown[] = []
  const environment: Environment = { clock, trace, faults: new Faults(), storage: new MemoryStorage(), warn: () => {}, log: ({ error }) => logged.push(error) }
  const service: AwsQueryService<Context> = {
    service: 'things',
    namespace: 'http://things.example/doc/',
    maxBodyBytes: 1000,
    unsigned: new Set(['Public']),
    faults: {
      subjects: () => [],
      throttled: () => new AwsError('Throttling', 400, ''),
      internal: () => new AwsError('InternalFailure', 500, ''),
      accessDenied: () => new AwsError('AccessDenied', 403, ''),
      named: ({ code }) => new AwsError(code, 400, ''),
    },
    errors: {
      unknownOperation: (name) => new AwsError('InvalidAction', 400, `Could not find operation ${name}`),
      malformed: (message) => new AwsError('MalformedInput', 400, message),
      credentials: ({ code, message }) => new AwsError(code, 403, message),
      bodyTooLarge: () => new AwsError('RequestEntityTooLarge', 413, ''),
      internal: () => new AwsError('InternalFailure', 500, 'internal'),
      codeOf: ({ code }) => code.replace(/Exception$/, ''),
    },
    operations: {
      Echo: { types: shape, run: (input: object) => input },
      Describe: {
        types: shape,
        run: () => ({ When: new Timestamp(0), Bytes: Buffer.from('hi'), None: undefined, Empty: [], Names: ['a<b', 'c'], Parts: [{ Size: 1, Deep: false }], Tags: new Map([['k', 'v']]) }),
      },
      Nothing: { types: shape, run: () => undefined },
      Public: { types: shape, run: () => undefined },
      Fails: { types: shape, run: () => { throw new AwsError('NoSuchThingException', 404, 'There is none') } },
      Breaks: { types: shape, run: () => { throw new Error('our fault') } },
      Resets: { types: shape, run: () => { throw new ConnectionReset() } },
    },
    validate: (_operation, input) => input,
  }
  const call = async (form: string, origin: Origin = {}, change: Partial<WireRequest> = {}) => {
    const ctx: Context = { requestId: 'r-1', startedAt: 0, clock, account: '000000000000', region: 'us-east-1', accessKeyId: 'k', notes: {} }
    const request: WireRequest = {
      method: 'POST', path: '/', query: new URLSearchParams(), headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }, body: bytes(form), ...change,
    }
    t.ok(isQueryCall(request))
    const { status, headers, body } = await serveAwsQuery(service, request, ctx, environment, origin)
    return { status, headers, xml: (body as Buffer).toString(), parsed: parseXml(body as Buffer) } // it answers with bytes
  }
  return { call, trace, logged }
}

async function * bytes (text: string): AsyncGenerator<Uint8Array> { yield Buffer.from(text) }

test('answers are XML: lists have members, maps have entries, times are ISO 8601', async (t) => {
  const { call, trace } = serve(t)
  const { status, headers, xml } = await call('Action=Describe')
  t.match({ status, headers }, { status: 200, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': 'r-1', 'content-length': String(xml.length) } })
  t.equal(xml, '<?xml version="1.0" encoding="UTF-8"?>\n<DescribeResponse xmlns="http://things.example/doc/"><DescribeResult>' +
    '<When>1970-01-01T00:00:00Z</When><Bytes>aGk=</Bytes><Empty/><Names><member>a&lt;b</member><member>c</member></Names>' +
    '<Parts><member><Size>1</Size><Deep>false</Deep></member></Parts><Tags><entry><key>k</key><value>v</value></entry></Tags>' +
    '</DescribeResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></DescribeResponse>')
  t.match((await call('Action=Nothing')).xml, /<NothingResponse xmlns="[^"]+"><ResponseMetadata>/, 'no result element without a result')
  t.match((await call('Count=1', {}, { method: 'GET', query: new URLSearchParams('Action=Echo') })).xml, '<Count>1</Count>', 'parameters may be in the URL')
  t.match(trace.query().map(({ operation, result }) => [operation, result]), [['Describe', 'ok'], ['Nothing', 'ok'], ['Echo', 'ok']])
})

test('errors are XML, with the service\'s messages', async (t) => {
  const { call, logged, trace } = serve(t)
  t.same((await call('Action=Fails')).parsed, {
    ErrorResponse: { Error: { Type: 'Sender', Code: 'NoSuchThing', Message: 'There is none' }, RequestId: 'r-1' },
  })
  t.match(await call('Action=Fails'), { status: 404 })
  t.match(await call('Action=Breaks'), { status: 500, parsed: { ErrorResponse: { Error: { Type: 'Receiver', Code: 'InternalFailure' } } } })
  t.match(logged, [{ message: 'our fault' }])
  t.match(await call('Action=Other'), { status: 400, parsed: { ErrorResponse: { Error: { Code: 'InvalidAction', Message: 'Could not find operation Other' } } } })
  t.match(trace.query({ operation: 'Other' }), [{ result: 'UnknownOperationException', reason: /things operation Other is not emulated/ }])
  t.match(await call('Version=1'), { status: 400 })
  t.match(await call('Action=toString'), { status: 400 }, 'an inherited name is no operation')
  t.match(await call('Action=Echo&Count=x'), { parsed: { ErrorResponse: { Error: { Code: 'MalformedInput', Message: '"x" is not an Integer' } } } })
  t.match(await call(`Action=Echo&Namespace=${'x'.repeat(1000)}`), { status: 413 })
  t.match(await call('Action=Echo', {}, { headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' } }), { status: 400 })
  const origin: Origin = { credentialProblem: { code: 'MissingAuthenticationTokenException', message: 'none' } }
  t.match(await call('Action=Echo', origin), { status: 403, parsed: { ErrorResponse: { Error: { Code: 'MissingAuthenticationToken' } } } })
  t.match(await call('Action=Public', origin), { status: 200 }, 'some operations need no credentials')
  await t.rejects(call('Action=Resets'), new ConnectionReset())
})
