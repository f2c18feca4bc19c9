import type { FromShape } from '../../../core/protocol/shape.ts'
import { Timestamp } from '../../../core/protocol/timestamp.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { invalidParameter, invalidValue, missingParameter } from '../../errors.ts'
import { checkQueries, QueryRun } from '../../metrics/data-queries.ts'
import { roundedStart } from '../../metrics/rounding.ts'
import { offsetOf, tokenOf } from '../../paging.ts'
import { MetricDataQueriesShape, NextTokenShape, TimeShape } from '../../shapes.ts'

const types = {
  type: 'structure',
  members: {
    MetricDataQueries: MetricDataQueriesShape,
    StartTime: TimeShape,
    EndTime: TimeShape,
    NextToken: NextTokenShape,
    ScanBy: { type: 'string', values: ['TimestampDescending', 'TimestampAscending'] },
    MaxDatapoints: { type: 'integer' },
  },
  required: ['MetricDataQueries', 'StartTime', 'EndTime'],
} as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html. Pages are cut between datapoints. */
export const getMetricData: CloudwatchOperation<FromShape<typeof types>> = {
  types,
  refuses: ['LabelOptions'],
  custom ({ MetricDataQueries: queries, StartTime: start, EndTime: end, MaxDatapoints: most = 1 }, { limits }) {
    if (queries.length === 0) throw missingParameter('The parameter MetricDataQueries is required.')
    if (queries.length > limits.maxQueries) throw invalidParameter(queries.length, 'MetricDataQueries')
    if (most < 1 || most > limits.maxDataPage) throw invalidParameter(most, 'MaxDatapoints')
    if (start >= end) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.')
    checkQueries(queries)
  },
  run (input, { store, startedAt, limits, notes }) {
    const { MetricDataQueries: queries, StartTime: start, EndTime: to, ScanBy: order = 'TimestampDescending', MaxDatapoints: most = limits.maxDataPage } = input
    const run = new QueryRun(queries, { store: store.metrics, from: roundedStart(start, startedAt), to, now: startedAt })
    const results = queries.filter(({ ReturnData = true }) => ReturnData).flatMap(({ Id }) => run.result(Id).map(({ label, values }) => {
      const entries = order === 'TimestampAscending' ? [...values] : [...values].reverse()
      return { Id, Label: label, entries }
    }))
    notes.items = results.length

    let skip = offsetOf(input.NextToken)
    const end = skip + most
    let left = most
    let total = 0
    const page = results.map(({ Id, Label, entries }) => {
      const part = entries.slice(skip, skip + left)
      const isWhole = skip + part.length >= entries.length
      total += entries.length
      skip = Math.max(0, skip - entries.length)
      left -= part.length
      return { Id, Label, Timestamps: part.map(([at]) => new Timestamp(at)), Values: part.map(([, value]) => value), StatusCode: isWhole ? 'Complete' : 'PartialData' }
    })
    return { MetricDataResults: page, NextToken: end < total ? tokenOf(end) : undefined, Messages: [] }
  },
}
