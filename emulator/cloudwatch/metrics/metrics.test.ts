import { GetMetricDataCommand, GetMetricStatisticsCommand, ListMetricsCommand, PutMetricDataCommand, type CloudWatchClient, type GetMetricStatisticsCommandInput, type MetricDataQuery, type MetricDatum } from '@aws-sdk/client-cloudwatch'
import fc from 'fast-check'
import { test } from 'tap'
import { overAllWays, TEST_TIME, testEmulator } from '../../test-support/emulator.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const at = (ms: number) => new Date(ms)

async function put (client: CloudWatchClient, data: MetricDatum[]): Promise<void> {
  for (let from = 0; from < data.length; from += 1000) await client.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData: data.slice(from, from + 1000) }))
}

async function statistics (client: CloudWatchClient, input: Partial<GetMetricStatisticsCommandInput> = {}) {
  const { Datapoints = [] } = await client.send(new GetMetricStatisticsCommand({
    Namespace: 'Shop', MetricName: 'Orders', StartTime: at(TEST_TIME - HOUR), EndTime: at(TEST_TIME + MINUTE), Period: 60, Statistics: ['Sum'], ...input,
  }))
  return Datapoints
}

async function data (client: CloudWatchClient, queries: MetricDataQuery[], from = TEST_TIME - HOUR) {
  const { MetricDataResults = [] } = await client.send(new GetMetricDataCommand({
    StartTime: at(from), EndTime: at(TEST_TIME), MetricDataQueries: queries, ScanBy: 'TimestampAscending',
  }))
  return MetricDataResults.map(({ Id, Label, Timestamps = [], Values = [] }) => ({ Id, Label, points: Timestamps.map((time, index) => [(time.getTime() - TEST_TIME) / MINUTE, Values[index]]) }))
}

/** Statistics by their definition. */
function model (values: number[]) {
  const sorted = [...values].sort((one, other) => one - other)
  const percentile = (percent: number) => {
    const rank = percent / 100 * (sorted.length - 1)
    const [low, high] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!]
    return low + (high - low) * (rank % 1)
  }
  const sum = values.reduce((total, value) => total + value, 0)
  return { SampleCount: values.length, Sum: sum, Average: sum / values.length, Minimum: sorted[0]!, Maximum: sorted.at(-1)!, p0: percentile(0), p50: percentile(50), 'p99.9': percentile(99.9), p100: percentile(100) }
}

test('statistics and percentiles of any data are those of their definition', async (t) => {
  const emulator = await testEmulator(t)
  const { cloudwatch } = emulator.clients()
  const Statistics = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'] as const
  const datum = fc.record({ ageS: fc.integer({ min: 1, max: 7200 }), value: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.double({ min: 0, max: 1e6, noNaN: true })) })
  let run = 0
  await fc.assert(fc.asyncProperty(fc.array(datum, { minLength: 1, maxLength: 60 }), fc.constantFrom(60, 120, 300, 3600), fc.integer({ min: 0, max: 90 }), async (given, period, offset) => {
    const name = `m${run++}`
    await put(cloudwatch, given.map(({ ageS, value }) => ({ MetricName: name, Value: value, Timestamp: at(TEST_TIME - ageS * 1000) })))
    const [from, to] = [TEST_TIME - 2 * HOUR + offset * MINUTE, TEST_TIME - MINUTE]
    const answered = await statistics(cloudwatch, {
      MetricName: name, StartTime: at(from), EndTime: at(to), Period: period, Statistics: [...Statistics], ExtendedStatistics: ['p0', 'p50', 'p99.9', 'p100'],
    })
    const periods = new Map<number, number[]>()
    for (const { ageS, value } of given) {
      // Kept by the minute.
      const minute = Math.floor((TEST_TIME - ageS * 1000) / MINUTE) * MINUTE
      if (minute < from || minute >= to) continue
      const start = Math.floor(minute / (period * 1000)) * period * 1000
      periods.set(start, [...periods.get(start) ?? [], value])
    }
    const close = (one: number, other: number) => Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one), Math.abs(other))
    for (const { Timestamp, ExtendedStatistics, ...point } of answered) {
      const wanted = model(periods.get(Timestamp!.getTime())!)
      const got = { ...point, ...ExtendedStatistics } as unknown as Record<string, number> // numbers by these names
      for (const [statistic, value] of Object.entries(wanted)) if (!close(got[statistic]!, value)) throw new Error(`${statistic}: ${got[statistic]}, not ${value}`)
    }
    return answered.length === periods.size
  }), { numRuns: 40, seed: 11 })
  t.pass('no counterexample')
})

test('values with counts, statistic sets and units', async (t) => {
  overAllWays(t, async (t, start) => {
    const { clients: { cloudwatch } } = await start()
    await put(cloudwatch, [
      { MetricName: 'Orders', Values: [1, 5], Counts: [3, 2], Unit: 'Count' },
      { MetricName: 'Orders', StatisticValues: { SampleCount: 4, Sum: 10, Minimum: 1, Maximum: 4 }, Unit: 'Seconds' },
      { MetricName: 'Orders', StatisticValues: { SampleCount: 2, Sum: 6, Minimum: 3, Maximum: 3 }, Unit: 'Bytes' },
      { MetricName: 'Orders', Value: 9, Dimensions: [{ Name: 'Store', Value: 'A' }, { Name: 'Kind', Value: 'B' }] },
    ])
    const all = await statistics(cloudwatch, { Statistics: ['Sum', 'SampleCount'], ExtendedStatistics: ['p50'] })
    t.match(all, [
      { Unit: 'Count', Sum: 13, SampleCount: 5, ExtendedStatistics: { p50: 1 } },
      { Unit: 'Seconds', Sum: 10, SampleCount: 4, ExtendedStatistics: undefined },
      { Unit: 'Bytes', Sum: 6, SampleCount: 2, ExtendedStatistics: { p50: 3 } },
    ], 'units never mix; a statistic set has a percentile only if its values are known')
    t.equal(all.length, 3, 'data with dimensions is another metric\'s')
    t.match(await statistics(cloudwatch, { Dimensions: [{ Name: 'Kind', Value: 'B' }, { Name: 'Store', Value: 'A' }] }), [{ Sum: 9, Unit: 'None' }], 'the order of dimensions plays no part')
    t.same(await statistics(cloudwatch, { Dimensions: [{ Name: 'Store', Value: 'A' }] }), [], 'all dimensions must be named')
    t.same(await statistics(cloudwatch, { Unit: 'Percent' }), [], 'another unit gives nothing')
    t.match(await statistics(cloudwatch, { Unit: 'Bytes' }), [{ Sum: 6 }])
  })
})

test('refuses what AWS refuses', async (t) => {
  overAllWays(t, async (t, start) => {
    const { clients: { cloudwatch } } = await start()
    const datum = { MetricName: 'm', Value: 1 }
    const puts: [MetricDatum, string, string][] = [
      [{ ...datum, Values: [1] }, 'InvalidParameterCombinationException', 'The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.'],
      [{ ...datum, StatisticValues: { SampleCount: 1, Sum: 1, Minimum: 1, Maximum: 1 } }, 'InvalidParameterCombinationException', 'The parameters MetricData.member.1.Value and MetricData.member.1.StatisticValues are mutually exclusive and you have specified both.'],
      [{ MetricName: 'm', Values: [1, 2], Counts: [1] }, 'InvalidParameterCombinationException', 'The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.'],
      [{ MetricName: 'm', Value: 2 ** 361 }, 'InvalidParameterValueException', 'The value 4.6970851655476665e+108 for parameter MetricData.member.1.Value is invalid.'],
      [{ ...datum, Timestamp: at(TEST_TIME - 15 * DAY) }, 'InvalidParameterValueException', 'The value 2026-02-14T12:00:00.000Z for parameter MetricData.member.1.Timestamp is invalid.'],
      [{ ...datum, Timestamp: at(TEST_TIME + 3 * HOUR) }, 'InvalidParameterValueException', 'The value 2026-03-01T15:00:00.000Z for parameter MetricData.member.1.Timestamp is invalid.'],
      [{ ...datum, Unit: 'Orders' as 'Count' }, 'ValidationException', '1 validation error detected: Value \'Orders\' at \'metricData.1.member.unit\' failed to satisfy constraint: Member must satisfy enum value set: [Seconds, Microseconds, Milliseconds, Bytes, Kilobytes, Megabytes, Gigabytes, Terabytes, Bits, Kilobits, Megabits, Gigabits, Terabits, Percent, Count, Bytes/Second, Kilobytes/Second, Megabytes/Second, Gigabytes/Second, Terabytes/Second, Bits/Second, Kilobits/Second, Megabits/Second, Gigabits/Second, Terabits/Second, Count/Second, None]'],
      [{ MetricName: 'm' }, 'MissingRequiredParameterException', 'At least one of the parameters MetricData.member.1.Value, MetricData.member.1.Values or MetricData.member.1.StatisticValues must be specified.'],
    ]
    for (const [one, name, message] of puts) await t.rejects(put(cloudwatch, [one]), { name, message }, message)
    await t.rejects(cloudwatch.send(new PutMetricDataCommand({ Namespace: 'AWS/Shop', MetricData: [datum] })), { name: 'InvalidParameterValueException', message: 'The value AWS/ for parameter Namespace is invalid.' })
    await t.rejects(cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Shop', EntityMetricData: [{ MetricData: [datum] }] })), { message: 'Sandtable does not emulate the parameter EntityMetricData' })
    await t.rejects(statistics(cloudwatch, { StartTime: at(TEST_TIME - 2 * DAY), EndTime: at(TEST_TIME) }), {
      name: 'InvalidParameterCombinationException',
      message: 'You have requested up to 2,880 datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
    })
    await t.rejects(statistics(cloudwatch, { Period: 90 }), { message: 'The value 90 for parameter Period is invalid.' })
    await t.rejects(statistics(cloudwatch, { Statistics: undefined, ExtendedStatistics: ['p101'] }), { message: 'The value p101 for parameter ExtendedStatistics is invalid.' })
    await t.rejects(statistics(cloudwatch, { Statistics: undefined, ExtendedStatistics: ['tm90'] }), { message: 'Sandtable does not emulate the statistic tm90' })
    await t.rejects(statistics(cloudwatch, { Statistics: undefined }), { name: 'MissingRequiredParameterException' })
    await t.rejects(statistics(cloudwatch, { StartTime: at(TEST_TIME), EndTime: at(TEST_TIME) }), { message: 'The parameter StartTime must be less than the parameter EndTime.' })
    for (const [query, message] of [
      [{ Id: 'M1', Expression: '1' }, 'The value M1 for parameter MetricDataQueries.member.1.Id is invalid.'],
      [{ Id: 'a', Expression: 'SEARCH(\'x\', \'Sum\')' }, 'Sandtable does not emulate SEARCH in MetricDataQueries.member.1.Expression'],
      [{ Id: 'a', Expression: 'ANOMALY_DETECTION_BAND(b, 2)' }, 'Sandtable does not emulate ANOMALY_DETECTION_BAND in MetricDataQueries.member.1.Expression'],
      [{ Id: 'a', Expression: 'b * 2' }, 'Error in expression \'a\': b is not the id of a query'],
      [{ Id: 'a', Expression: '1 +' }, 'Error in expression \'a\': The expression ends too early'],
      [{ Id: 'a', Expression: '1 + 2' }, 'Error in expression \'a\': The expression must return a time series'],
      [{ Id: 'a', Expression: 'a + 1' }, 'Error in expression \'a\': a refers to itself'],
      [{ Id: 'a', Expression: `${'('.repeat(60)}1${')'.repeat(60)}` }, 'Error in expression \'a\': The expression is nested too deeply'],
      [{ Id: 'a' }, 'Either MetricDataQueries.member.1.MetricStat or MetricDataQueries.member.1.Expression must be specified.'],
    ] as [MetricDataQuery, string][]) await t.rejects(data(cloudwatch, [query]), { message }, message)
  })
})

test('data is there at each resolution for as long as AWS keeps it', async (t) => {
  const emulator = await testEmulator(t)
  const { cloudwatch } = emulator.clients()
  await put(cloudwatch, [
    ...Array.from({ length: 5 }, (_, minute) => ({ MetricName: 'Orders', Value: minute + 1, Timestamp: at(TEST_TIME + minute * MINUTE) })),
    { MetricName: 'Orders', Value: 10, Timestamp: at(TEST_TIME + 10_000), StorageResolution: 1 },
  ])
  const sums = async (Period: number) => (await statistics(cloudwatch, { Period, StartTime: at(TEST_TIME), EndTime: at(TEST_TIME + HOUR / 2) })).map(({ Sum }) => Sum)
  t.same(await sums(10), [10], 'by the second is what was put so')
  t.same(await sums(60), [11, 2, 3, 4, 5])
  await emulator.clock.advance(4 * HOUR)
  t.same(await sums(10), [], 'for three hours')
  t.same(await sums(60), [11, 2, 3, 4, 5])
  await emulator.clock.advance(16 * DAY)
  t.same(await sums(60), [], 'by the minute for 15 days')
  t.same(await sums(300), [25])
  t.same((await cloudwatch.send(new ListMetricsCommand({}))).Metrics?.filter(({ Namespace }) => Namespace === 'Shop'), [], 'a metric that is silent for two weeks is not listed')
  await emulator.clock.advance(50 * DAY)
  t.same(await sums(300), [], 'by five minutes for 63 days')
  t.same(await sums(3600), [25])
  await emulator.clock.advance(400 * DAY)
  t.same(await sums(3600), [], 'by the hour for 455 days')
})

test('metric math', async (t) => {
  const emulator = await testEmulator(t)
  const { cloudwatch } = emulator.clients()
  const series = (MetricName: string, values: Record<number, number>) =>
    put(cloudwatch, Object.entries(values).map(([minute, Value]) => ({ MetricName, Value, Timestamp: at(TEST_TIME + Number(minute) * MINUTE) })))
  await series('A', { [-5]: 10, [-4]: 20, [-2]: 40 })
  await series('B', { [-5]: 2, [-4]: 0, [-3]: 8 })
  const metric = (Id: string, MetricName: string): MetricDataQuery => ({ Id, ReturnData: false, MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period: 60, Stat: 'Sum' } })
  const points = async (Expression: string, from = TEST_TIME - 5 * MINUTE) => (await data(cloudwatch, [metric('a', 'A'), metric('b', 'B'), { Id: 'e', Expression }], from)).flatMap(({ points }) => points)
  const cases: [string, number[][]][] = [
    ['a / PERIOD(a) * 60', [[-5, 10], [-4, 20], [-2, 40]]],
    ['a / b', [[-5, 5]]], // a time without one of them has no value, and so has a division by zero
    ['-a + 2 ^ 3 ^ 1 * 2', [[-5, 6], [-4, -4], [-2, -24]]],
    ['(a - b) * 100', [[-5, 800], [-4, 2000]]],
    ['SUM([a, b])', [[-5, 12], [-4, 20], [-3, 8], [-2, 40]]],
    ['SUM(METRICS())', [[-5, 12], [-4, 20], [-3, 8], [-2, 40]]],
    ['MAX(METRICS("b"))', [[-5, 2], [-4, 0], [-3, 8]]],
    ['AVG([a, b])', [[-5, 6], [-4, 10], [-3, 8], [-2, 40]]],
    ['a * 0 + SUM(b)', [[-5, 10], [-4, 10], [-2, 10]]],
    ['a * 0 + MIN(a) + MAX(a) + AVG(b)', [[-5, 50 + 10 / 3], [-4, 50 + 10 / 3], [-2, 50 + 10 / 3]]],
    ['FILL(a, 0)', [[-5, 10], [-4, 20], [-3, 0], [-2, 40], [-1, 0]]],
    ['FILL(a, REPEAT)', [[-5, 10], [-4, 20], [-3, 20], [-2, 40], [-1, 40]]],
    ['FILL(a, LINEAR)', [[-5, 10], [-4, 20], [-3, 30], [-2, 40]]],
    ['IF(a > 15, a, 0)', [[-5, 0], [-4, 20], [-2, 40]]],
    ['IF(a > 15 AND a != 40, a)', [[-4, 20]]],
    ['RATE(a)', [[-4, 10 / 60], [-2, 20 / 120]]],
    ['RUNNING_SUM(a)', [[-5, 10], [-4, 30], [-2, 70]]],
    ['CEIL(a / 15) + FLOOR(ABS(-a / 15))', [[-5, 1], [-4, 3], [-2, 5]]],
  ]
  for (const [expression, wanted] of cases) t.same(await points(expression), wanted, expression)
  t.same(await data(cloudwatch, [metric('a', 'A'), metric('b', 'B'), { Id: 'e', Expression: 'METRICS() * 2', Label: 'double' }], TEST_TIME - 5 * MINUTE),
    [{ Id: 'e', Label: 'double A', points: [[-5, 20], [-4, 40], [-2, 80]] }, { Id: 'e', Label: 'double B', points: [[-5, 4], [-4, 0], [-3, 16]] }], 'a list gives several results')
})

test('pages of metrics and of data hold everything once', async (t) => {
  const emulator = await testEmulator(t)
  const { cloudwatch } = emulator.clients()
  await put(cloudwatch, Array.from({ length: 1200 }, (_, index) => ({ MetricName: `m${index}`, Value: index })))
  const names = new Set<string>()
  let token: string | undefined
  let pages = 0
  do {
    const { Metrics = [], NextToken } = await cloudwatch.send(new ListMetricsCommand({ NextToken: token }))
    for (const { MetricName } of Metrics) names.add(MetricName!)
    token = NextToken
    pages++
  } while (token)
  t.same([names.size, pages], [1200, 3])
  await t.rejects(cloudwatch.send(new ListMetricsCommand({ NextToken: 'x' })), { name: 'InvalidNextToken' })

  await put(cloudwatch, Array.from({ length: 10 }, (_, index) => ({ MetricName: 'Orders', Value: index, Timestamp: at(TEST_TIME - (index + 1) * MINUTE) })))
  const queries = ['Orders', 'm1'].map((MetricName, index) => ({ Id: `q${index}`, MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period: 60, Stat: 'Sum' } }))
  const page = (NextToken?: string) => cloudwatch.send(new GetMetricDataCommand({ StartTime: at(TEST_TIME - HOUR), EndTime: at(TEST_TIME + MINUTE), MetricDataQueries: queries, MaxDatapoints: 4, NextToken }))
  const first = await page()
  t.match(first.MetricDataResults, [{ Values: [0, 1, 2, 3], StatusCode: 'PartialData' }, { Values: [] }])
  const second = await page(first.NextToken)
  const third = await page(second.NextToken)
  t.same(second.MetricDataResults?.[0]?.Values, [4, 5, 6, 7])
  t.match(third, { MetricDataResults: [{ Values: [8, 9], StatusCode: 'Complete' }, { Values: [1], StatusCode: 'Complete' }], NextToken: undefined })
})
