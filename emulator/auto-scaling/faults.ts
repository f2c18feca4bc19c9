import { AwsError } from '../core/errors.ts'
import type { ServiceFaults } from '../core/faults.ts'
import type { AutoScalingContext } from './context.ts'
import { accessDenied, internal, throttling } from './errors.ts'

/** How Application Auto Scaling fails when it is made to. A call is about a table or an index, by its resource id. */
export const faults: ServiceFaults<AutoScalingContext> = {
  subjects (input) {
    const { ResourceId } = input as { ResourceId?: unknown } // the protocol passes objects only
    return typeof ResourceId === 'string' ? [{ resource: ResourceId }] : []
  },
  throttled: throttling,
  internal,
  accessDenied: ({ operation, ctx: { account, accessKeyId } }) =>
    accessDenied(`User: arn:aws:iam::${account}:user/${accessKeyId} is not authorized to perform: application-autoscaling:${operation}`),
  named: ({ code, status = 400, message = '' }) => new AwsError(code, status, message),
}
