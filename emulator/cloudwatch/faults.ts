import { AwsError } from '../core/errors.ts'
import type { ServiceFaults, Subject } from '../core/faults.ts'
import type { CloudwatchContext } from './context.ts'
import { accessDenied, internal, throttling } from './errors.ts'

/** How CloudWatch fails when it is made to. */
export const faults: ServiceFaults<CloudwatchContext> = {
  // Metrics by their namespace, alarms and dashboards by their name.
  subjects (input) {
    const given = input as Record<string, unknown> // every protocol passes objects only
    const names = [given.Namespace, given.AlarmName, given.DashboardName, given.AlarmNames, given.DashboardNames].flat()
    return names.filter((name) => typeof name === 'string').map((resource): Subject => ({ resource }))
  },
  throttled: throttling,
  internal,
  accessDenied: ({ operation, ctx: { account, accessKeyId } }) =>
    accessDenied(`User: arn:aws:iam::${account}:user/${accessKeyId} is not authorized to perform: cloudwatch:${operation}`),
  named: ({ code, status = 400, message = '' }) => new AwsError(code, status, message),
}
