import type { AccessRequest, ServiceAccess } from '../core/access.ts'
import type { KeyValue } from '../iam/evaluator/request.ts'
import type { AutoScalingContext } from './context.ts'
import { accessDenied } from './errors.ts'

interface Input { ServiceNamespace?: string, ResourceId?: string, ScalableDimension?: string, ResourceARN?: string, Tags?: Record<string, string>, TagKeys?: string[] }

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html */
export const access: ServiceAccess<AutoScalingContext> = {
  requests (operation, given, { account, region, store }) {
    const input = given as Input // of one of the operations
    const request = (name: string): AccessRequest => {
      const action = `application-autoscaling:${name}`
      if (name.startsWith('Describe')) return { action, resource: '*', shown: '' }
      const { ResourceARN, ResourceId, ScalableDimension } = input
      const target = ResourceId !== undefined && ScalableDimension !== undefined ? store.targets.get({ ResourceId, ScalableDimension }) : undefined
      // A target's ARN ends with an id of its own, which one that is not registered has not got.
      return { action, resource: ResourceARN ?? target?.ScalableTargetARN ?? `arn:aws:application-autoscaling:${region}:${account}:scalable-target/*`, key: (name) => keyOf(name, input) }
    }
    return [request(operation), ...operation === 'RegisterScalableTarget' && input.Tags ? [request('TagResource')] : []]
  },
  denied: ({ message }) => accessDenied(message),
}

function keyOf (name: string, { ServiceNamespace, ScalableDimension, Tags, TagKeys }: Input): KeyValue {
  switch (name) {
    case 'application-autoscaling:service-namespace': return ServiceNamespace
    case 'application-autoscaling:scalable-dimension': return ScalableDimension
    case 'aws:tagkeys': return TagKeys ?? (Tags && Object.keys(Tags))
    default: return Object.entries(Tags ?? {}).find(([key]) => name === `aws:requesttag/${key.toLowerCase()}`)?.[1]
  }
}
