import type { FromShape } from '../../core/protocol/shape.ts'
import type { AutoScalingOperation } from '../context.ts'
import { noTargetFound } from '../errors.ts'
import { TARGET_NAMED, targetMembers } from '../shapes.ts'

const types = { type: 'structure', members: targetMembers, required: TARGET_NAMED } as const

/**
 * Also deletes the target's policies with their alarms, and its scheduled actions.
 *
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeregisterScalableTarget.html
 */
export const deregisterScalableTarget: AutoScalingOperation<FromShape<typeof types>> = {
  types,
  async run (id, { store, scaler }) {
    const target = store.targets.get(id)
    if (!target) throw noTargetFound(id)
    for (const policy of store.policiesOf(id)) {
      await scaler.calls.deleteAlarms(store, policy.Alarms.map(({ AlarmName }) => AlarmName))
      await store.policies.delete(policy)
    }
    for (const action of store.scheduledOf(id)) await store.scheduled.delete(action)
    await store.targets.delete(target)
    scaler.plan()
    return {}
  },
}
