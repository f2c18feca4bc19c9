import type { FromShape } from '../../../core/protocol/shape.ts'
import { Timestamp } from '../../../core/protocol/timestamp.ts'
import type { CloudwatchOperation } from '../../context.ts'
import { pageOf } from '../../paging.ts'
import { NextTokenShape } from '../../shapes.ts'
import { dashboardArn } from './dashboard-arn.ts'

const types = { type: 'structure', members: { DashboardNamePrefix: { type: 'string' }, NextToken: NextTokenShape } } as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListDashboards.html */
export const listDashboards: CloudwatchOperation<FromShape<typeof types>> = {
  types,
  run ({ DashboardNamePrefix: prefix = '', NextToken: token }, { store, account, limits }) {
    const { page, NextToken } = pageOf(store.dashboards.list().filter(({ name }) => name.startsWith(prefix)), limits.dashboardsPerPage, token)
    const DashboardEntries = page.map(({ name, body, modified }) => ({
      DashboardName: name,
      DashboardArn: dashboardArn(account, name),
      LastModified: new Timestamp(modified),
      Size: Buffer.byteLength(body),
    }))
    return { DashboardEntries, NextToken }
  },
}
