import type { FromShape } from '../../../core/protocol/shape.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { pageOf } from '../../paging.ts'
import { MetricNameShape, NamespaceShape, NextTokenShape } from '../../shapes.ts'

const types = {
  type: 'structure',
  members: {
    Namespace: NamespaceShape,
    MetricName: MetricNameShape,
    Dimensions: {
      type: 'list',
      max: 10,
      of: {
        type: 'structure',
        members: { Name: { type: 'string', min: 1, max: 255 }, Value: { type: 'string', min: 1, max: 1024 } },
        required: ['Name'],
      },
    },
    NextToken: NextTokenShape,
    RecentlyActive: { type: 'string', values: ['PT3H'] },
    IncludeLinkedAccounts: { type: 'boolean' },
  },
} as const

const RECENT_MS = 3 * 3_600_000

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html. There are no linked accounts. */
export const listMetrics: CloudwatchOperation<FromShape<typeof types>> = {
  types,
  refuses: ['OwningAccount'],
  run ({ Namespace, MetricName, Dimensions: wanted = [], NextToken, RecentlyActive: recent }, { store, startedAt, limits, notes }) {
    const fitting = store.metrics.list(startedAt - (recent ? RECENT_MS : limits.listedMs), startedAt).filter((metric) =>
      (Namespace === undefined || metric.Namespace === Namespace) &&
      (MetricName === undefined || metric.MetricName === MetricName) &&
      wanted.every(({ Name, Value }) => metric.Dimensions.some((one) => one.Name === Name && (Value === undefined || one.Value === Value))))
    const { page, NextToken: next } = pageOf(fitting, limits.metricsPerPage, NextToken)
    notes.items = page.length
    return { Metrics: page, NextToken: next }
  },
}
