import type { AccessRequest, ServiceAccess } from '../core/access.ts'
import type { KeyValue } from '../iam/evaluator/request.ts'
import { alarmArn } from './alarms/alarm.ts'
import type { CloudwatchContext } from './context.ts'
import { accessDenied } from './errors.ts'
import { dashboardArn } from './operations/dashboards/dashboard-arn.ts'

interface Input {
  AlarmName?: string
  AlarmNames?: string[]
  DashboardName?: string
  DashboardNames?: string[]
  ResourceARN?: string
  Namespace?: string
  AlarmActions?: string[]
  Tags?: { Key: string, Value?: string }[]
  TagKeys?: string[]
}

/** Actions on alarms; without a name they are on all of them. */
const ON_ALARMS = new Set(['DeleteAlarms', 'DescribeAlarmHistory', 'DescribeAlarms', 'DisableAlarmActions', 'EnableAlarmActions', 'PutCompositeAlarm', 'PutMetricAlarm', 'SetAlarmState'])
const ON_DASHBOARDS = new Set(['DeleteDashboards', 'GetDashboard', 'PutDashboard'])

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
export const access: ServiceAccess<CloudwatchContext> = {
  requests (operation, given, { account, store }) {
    const input = given as Input // of one of the operations
    const requests = (name: string): AccessRequest[] => {
      const action = `cloudwatch:${name}`
      const key = (name: string) => keyOf(name, input)
      const resources = ON_ALARMS.has(operation)
        ? (input.AlarmNames ?? [input.AlarmName ?? '*']).map((name) => alarmArn(store, name))
        : ON_DASHBOARDS.has(operation)
          ? (input.DashboardNames ?? [input.DashboardName ?? '*']).map((name) => dashboardArn(account, name))
          : input.ResourceARN
      return resources === undefined ? [{ action, resource: '*', shown: '', key }] : [resources].flat().map((resource) => ({ action, resource, key }))
    }
    return [...requests(operation), ...operation.startsWith('Put') && input.Tags ? requests('TagResource') : []]
  },
  denied: ({ message }) => accessDenied(message),
}

function keyOf (name: string, { Namespace, AlarmActions, Tags, TagKeys }: Input): KeyValue {
  switch (name) {
    case 'cloudwatch:namespace': return Namespace
    case 'cloudwatch:alarmactions': return AlarmActions
    case 'aws:tagkeys': return TagKeys ?? Tags?.map(({ Key }) => Key)
    default: return Tags?.find(({ Key }) => name === `aws:requesttag/${Key.toLowerCase()}`)?.Value
  }
}
