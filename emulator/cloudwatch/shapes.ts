import type { FromShape } from '../core/protocol/shape.ts'
import { STATISTICS } from './metrics/sample.ts'
import { UNITS } from './metrics/metric.ts'

// Shapes that several operations share; bounds as in the model of botocore 1.43.

export const NamespaceShape = { type: 'string', min: 1, max: 255, pattern: '[^:].*' } as const
export const MetricNameShape = { type: 'string', min: 1, max: 255 } as const
export const UnitShape = { type: 'string', values: UNITS } as const
export const StatisticShape = { type: 'string', values: STATISTICS } as const
export const PeriodShape = { type: 'integer', min: 1 } as const
export const TimeShape = { type: 'timestamp' } as const
export const NextTokenShape = { type: 'string' } as const

export const DimensionsShape = {
  type: 'list',
  max: 30,
  of: {
    type: 'structure',
    members: { Name: { type: 'string', min: 1, max: 255 }, Value: { type: 'string', min: 1, max: 1024 } },
    required: ['Name', 'Value'],
  },
} as const

export const TagsShape = {
  type: 'list',
  of: {
    type: 'structure',
    members: { Key: { type: 'string', min: 1, max: 128 }, Value: { type: 'string', min: 0, max: 256 } },
    required: ['Key', 'Value'],
  },
} as const

export const MetricDataQueriesShape = {
  type: 'list',
  of: {
    type: 'structure',
    members: {
      Id: { type: 'string', min: 1, max: 255 },
      MetricStat: {
        type: 'structure',
        members: {
          Metric: { type: 'structure', members: { Namespace: NamespaceShape, MetricName: MetricNameShape, Dimensions: DimensionsShape } },
          Period: PeriodShape,
          Stat: { type: 'string' },
          Unit: UnitShape,
        },
        required: ['Metric', 'Period', 'Stat'],
      },
      Expression: { type: 'string', min: 1, max: 2048 },
      Label: { type: 'string' },
      ReturnData: { type: 'boolean' },
      Period: PeriodShape,
      AccountId: { type: 'string', min: 1, max: 255 },
    },
    required: ['Id'],
  },
} as const

export type MetricDataQuery = FromShape<typeof MetricDataQueriesShape>[number]

export const AlarmNameShape = { type: 'string', min: 1, max: 255 } as const
export const AlarmNamesShape = { type: 'list', max: 100, of: AlarmNameShape } as const
export const ActionsShape = { type: 'list', max: 5, of: { type: 'string', min: 1, max: 1024 } } as const
export const AlarmTypesShape = { type: 'list', of: { type: 'string', values: ['CompositeAlarm', 'MetricAlarm'] } } as const

export const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const
export type StateValue = typeof STATES[number]
