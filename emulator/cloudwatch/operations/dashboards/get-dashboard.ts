import type { FromShape } from '../../../core/protocol/shape.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { dashboardNotFound } from '../../errors.ts'
import { dashboardArn } from './dashboard-arn.ts'

const types = { type: 'structure', members: { DashboardName: { type: 'string' } }, required: ['DashboardName'] } as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetDashboard.html */
export const getDashboard: CloudwatchOperation<FromShape<typeof types>> = {
  types,
  run ({ DashboardName: name }, { store, account, notes }) {
    notes.resource = name
    const dashboard = store.dashboards.get(name)
    if (!dashboard) throw dashboardNotFound([name])
    return { DashboardArn: dashboardArn(account, name), DashboardBody: dashboard.body, DashboardName: name }
  },
}
