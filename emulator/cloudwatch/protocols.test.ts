import { AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols'
import { CloudWatchClient, GetDashboardCommand, GetMetricStatisticsCommand, ListDashboardsCommand, ListMetricsCommand, PutDashboardCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { decode, encode } from 'cborg'
import { gzipSync } from 'node:zlib'
import { test, type Test } from 'tap'
import { parseXml } from '../core/protocol/xml.ts'
import { testEmulator, TEST_TIME, wireClients } from '../test-support/emulator.ts'

const AUTHORIZATION = 'AWS4-HMAC-SHA256 Credential=sandtable/20260301/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=none'

async function open (t: Test) {
  const emulator = await testEmulator(t)
  const { cloudwatch: json } = wireClients(t, emulator)
  const cbor = new CloudWatchClient({
    region: 'us-east-1', endpoint: emulator.url, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1, protocol: AwsSmithyRpcV2CborProtocol,
  })
  t.teardown(() => cbor.destroy())
  const send = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>, path = '/') => {
    const response = await fetch(emulator.url + path, { method: 'POST', body, headers: { authorization: AUTHORIZATION, 'x-amz-date': '20260301T120000Z', ...headers } })
    return { status: response.status, headers: Object.fromEntries(response.headers), bytes: new Uint8Array(await response.arrayBuffer()) }
  }
  const query = async (parameters: Record<string, string>) => {
    const { status, headers, bytes } = await send(new URLSearchParams({ Version: '2010-08-01', ...parameters }).toString(), { 'content-type': 'application/x-www-form-urlencoded' })
    return { status, headers, xml: parseXml(bytes) }
  }
  return { emulator, json, cbor, send, query }
}

const RANGE = { StartTime: new Date(TEST_TIME - 600_000), EndTime: new Date(TEST_TIME + 60_000), Period: 60 }

test('what one protocol has put, all three read', async (t) => {
  const { json, cbor, query } = await open(t)
  await json.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName: 'json', Value: 1.5, Timestamp: new Date(TEST_TIME) }] }))
  await cbor.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName: 'cbor', Values: [1, 2], Counts: [1, 3], Timestamp: new Date(TEST_TIME), Dimensions: [{ Name: 'é', Value: '✓' }] }] }))
  t.match(await query({
    Action: 'PutMetricData',
    Namespace: 'Shop',
    'MetricData.member.1.MetricName': 'query',
    'MetricData.member.1.Timestamp': '2026-03-01T12:00:00Z',
    'MetricData.member.1.StatisticValues.SampleCount': '2',
    'MetricData.member.1.StatisticValues.Sum': '5',
    'MetricData.member.1.StatisticValues.Minimum': '1',
    'MetricData.member.1.StatisticValues.Maximum': '4',
  }), { status: 200, xml: { PutMetricDataResponse: { ResponseMetadata: { RequestId: /./ } } } })

  for (const [name, client] of Object.entries({ json, cbor })) {
    const { Metrics = [] } = await client.send(new ListMetricsCommand({ Namespace: 'Shop' }))
    t.same(Metrics.map(({ MetricName }) => MetricName).sort(), ['cbor', 'json', 'query'], name)
    const read = (MetricName: string, Dimensions?: { Name: string, Value: string }[]) =>
      client.send(new GetMetricStatisticsCommand({ Namespace: 'Shop', MetricName, Dimensions, ...RANGE, Statistics: ['Sum', 'Average'], ExtendedStatistics: ['p50'] }))
    t.match(await read('json'), { Label: 'json', Datapoints: [{ Timestamp: new Date(TEST_TIME), Sum: 1.5, Unit: 'None', ExtendedStatistics: { p50: 1.5 } }] }, name)
    t.match(await read('cbor', [{ Name: 'é', Value: '✓' }]), { Datapoints: [{ Sum: 7, Average: 1.75, ExtendedStatistics: { p50: 2 } }] }, name)
    t.match(await read('query'), { Datapoints: [{ Sum: 5, Average: 2.5 }] }, name)
  }
  const { xml } = await query({
    Action: 'GetMetricStatistics',
    Namespace: 'Shop',
    MetricName: 'cbor',
    'Dimensions.member.1.Name': 'é',
    'Dimensions.member.1.Value': '✓',
    StartTime: '2026-03-01T11:50:00',
    EndTime: '2026-03-01T12:01:00Z',
    Period: '60',
    'Statistics.member.1': 'Sum',
    'ExtendedStatistics.member.1': 'p50',
  })
  t.same((xml.GetMetricStatisticsResponse as Record<string, unknown>).GetMetricStatisticsResult, {
    Label: 'cbor',
    Datapoints: { member: { Timestamp: '2026-03-01T12:00:00Z', Sum: '7', Unit: 'None', ExtendedStatistics: { entry: { key: 'p50', value: '2' } } } },
  })
})

test('an error has its name in each protocol', async (t) => {
  const { json, cbor, query, send } = await open(t)
  const wanted = {
    // The SDK takes the query code for the name where a shape is called so.
    name: 'ResourceNotFound', __type: 'DashboardNotFoundError', message: 'Dashboard none does not exist', $metadata: { httpStatusCode: 404 }, Error: { Code: 'ResourceNotFound', Type: 'Sender' },
  }
  for (const [name, client] of Object.entries({ json, cbor })) {
    await t.rejects(client.send(new GetDashboardCommand({ DashboardName: 'none' })), wanted, name)
    await t.rejects(client.send(new PutDashboardCommand({ DashboardName: 'a', DashboardBody: '[]' })), {
      name: 'DashboardInvalidInputError', dashboardValidationMessages: [{ DataPath: '/', Message: 'The dashboard body is not a JSON object' }],
    }, name)
  }
  const inXml = (Code: string, Message?: string | RegExp) => ({ xml: { ErrorResponse: { Error: { Type: 'Sender', Code, ...(Message !== undefined && { Message }) }, RequestId: /./ } } })
  t.match(await query({ Action: 'GetDashboard', DashboardName: 'none' }), { status: 404, ...inXml('ResourceNotFound', 'Dashboard none does not exist') })
  t.match(await query({ Action: 'GetMetricStatistics' }), { status: 400, ...inXml('ValidationError', /^5 validation errors detected: Value null at 'namespace' failed/) })
  t.match(await query({ Action: 'GetMetricStatistics', Period: 'x' }), { status: 400, ...inXml('MalformedInput', '"x" is not an Integer') })
  t.match(await query({ Action: 'PutAnomalyDetector' }), { status: 400, ...inXml('InvalidAction') })
  t.match(await query({ Action: 'PutMetricData', Namespace: 'Shop', 'EntityMetricData.member.1.Entity.Attributes.entry.1.key': 'x' }),
    { status: 400, ...inXml('InvalidParameterValue', 'Sandtable does not emulate the parameter EntityMetricData') })

  const target = (operation: string) => ({ 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `GraniteServiceVersion20100801.${operation}` })
  t.match(await send('{"Namespace":', target('ListMetrics')), { status: 400, headers: { 'x-amzn-query-error': 'MalformedInput;Sender' } })
  t.match(await send('{}', target('PutAnomalyDetector')), { status: 400, headers: { 'x-amzn-query-error': 'InvalidAction;Sender' } })
  t.match(JSON.parse(Buffer.from((await send('{"Namespace":1}', target('ListMetrics'))).bytes).toString()), { __type: 'SerializationException', message: 'NUMBER_VALUE cannot be converted to String' })
})

test('CBOR that is none, or is too much, is refused', async (t) => {
  const { send } = await open(t)
  const call = async (bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}, path = '/service/GraniteServiceVersion20100801/operation/ListDashboards') => {
    const answer = await send(bytes, { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor', ...headers }, path)
    t.match(answer.headers, { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' })
    return { status: answer.status, body: decode(answer.bytes) as unknown }
  }
  const refused = { status: 400, body: { __type: 'SerializationException' } }
  t.match(await call(new Uint8Array(0)), { status: 200, body: { DashboardEntries: [] } }, 'no body is no input')
  t.match(await call(Buffer.from('bfff', 'hex')), { status: 200 }, 'maps may be of indefinite length')
  t.match(await call(encode([])), refused)
  t.match(await call(Buffer.from('a1', 'hex')), refused, 'cut short')
  t.match(await call(Buffer.from('9b7fffffffffffffff', 'hex')), refused, 'a length that no list has')
  t.match(await call(Buffer.alloc(500_000, 0x81)), refused, 'nested without end')
  t.match(await call(Buffer.from('a2616101616102', 'hex')), refused, 'a name twice')
  t.match(await call(encode({ DashboardNamePrefix: 1 })), refused)
  t.match(await call(gzipSync(encode({}))), refused, 'compressed, and not said so')
  t.match(await call(gzipSync(encode({})), { 'content-encoding': 'gzip' }), { status: 200 })
  t.match(await call(gzipSync(Buffer.alloc(20_000_000)), { 'content-encoding': 'gzip' }), { status: 413 }, 'that unfolds to more than a body may have')
  t.match(await call(encode({}), {}, '/service/GraniteServiceVersion20100801/operation/toString'), { status: 400, body: { __type: 'UnknownOperationException' } })
})

test('dashboards are kept as they came', async (t) => {
  const { emulator, json, query } = await open(t)
  const body = '{"widgets": [ {"type":"text"} ]}'
  await json.send(new PutDashboardCommand({ DashboardName: 'b', DashboardBody: body }))
  await json.send(new PutDashboardCommand({ DashboardName: 'a', DashboardBody: '{}' }))
  t.match(await json.send(new GetDashboardCommand({ DashboardName: 'b' })), { DashboardBody: body, DashboardArn: 'arn:aws:cloudwatch::000000000000:dashboard/b' })
  t.match(await json.send(new ListDashboardsCommand({})), { DashboardEntries: [{ DashboardName: 'a', Size: 2, LastModified: new Date(TEST_TIME) }, { DashboardName: 'b' }] })
  t.match(await query({ Action: 'DeleteDashboards', 'DashboardNames.member.1': 'a', 'DashboardNames.member.2': 'c' }), { status: 404 })
  t.equal((await json.send(new ListDashboardsCommand({}))).DashboardEntries?.length, 2, 'all of them are deleted, or none')
  await t.rejects(json.send(new PutDashboardCommand({ DashboardName: 'a b', DashboardBody: '{}' })), { message: 'The value a b for parameter DashboardName is invalid.' })
  await emulator.reset({ service: 'cloudwatch' })
  t.same((await json.send(new ListDashboardsCommand({}))).DashboardEntries, [])
})
