import type { FromShape } from '../../../core/protocol/shape.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { dashboardNotFound } from '../../errors.ts'

const types = { type: 'structure', members: { DashboardNames: { type: 'list', of: { type: 'string' } } }, required: ['DashboardNames'] } as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteDashboards.html: all of them, or none. */
export const deleteDashboards: CloudwatchOperation<FromShape<typeof types>> = {
  types,
  async run ({ DashboardNames: names }, { store, notes }) {
    notes.resource = names.join(',')
    const missing = names.filter((name) => !store.dashboards.get(name))
    if (missing.length > 0) throw dashboardNotFound(missing)
    await store.dashboards.delete(names)
    return {}
  },
}
