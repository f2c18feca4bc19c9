import type { FromShape } from '../../core/protocol/shape.ts'
import type { AutoScalingOperation } from '../context.ts'
import { noPolicyFound } from '../errors.ts'
import { PolicyNameShape, TARGET_NAMED, targetMembers } from '../shapes.ts'

const types = { type: 'structure', members: { PolicyName: PolicyNameShape, ...targetMembers }, required: ['PolicyName', ...TARGET_NAMED] } as const

/**
 * Also deletes the policy's alarms.
 *
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeleteScalingPolicy.html
 */
export const deleteScalingPolicy: AutoScalingOperation<FromShape<typeof types>> = {
  types,
  async run (input, { store, scaler }) {
    const policy = store.policies.get(input)
    if (!policy) throw noPolicyFound(input, input.PolicyName)
    await scaler.calls.deleteAlarms(store, policy.Alarms.map(({ AlarmName }) => AlarmName))
    await store.policies.delete(policy)
    return {}
  },
}
