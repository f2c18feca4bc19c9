import type { FromShape } from '../../../core/protocol/shape.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { dashboardInvalid, invalidParameter } from '../../errors.ts'
import { TagsShape } from '../../shapes.ts'

const types = {
  type: 'structure',
  members: { DashboardName: { type: 'string' }, DashboardBody: { type: 'string' }, Tags: TagsShape },
  required: ['DashboardName', 'DashboardBody'],
} as const

const NAME = /^[A-Za-z0-9_-]{1,255}$/

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html. Of the body no more is checked than that it is a JSON object. */
export const putDashboard: CloudwatchOperation<FromShape<typeof types>> = {
  types,
  custom ({ DashboardName: name, DashboardBody: body }) {
    if (!NAME.test(name)) throw invalidParameter(name, 'DashboardName')
    if (!isJsonObject(body)) throw dashboardInvalid('/', 'The dashboard body is not a JSON object')
  },
  async run ({ DashboardName: name, DashboardBody: body, Tags: tags }, { store, startedAt, notes }) {
    notes.resource = name
    const known = store.dashboards.get(name)
    await store.dashboards.put({ name, body, modified: startedAt, tags: known?.tags ?? Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value])) })
    return { DashboardValidationMessages: [] }
  },
}

function isJsonObject (text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
