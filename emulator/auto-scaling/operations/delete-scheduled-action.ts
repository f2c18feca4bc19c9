import type { FromShape } from '../../core/protocol/shape.ts'
import type { AutoScalingOperation } from '../context.ts'
import { noScheduledActionFound } from '../errors.ts'
import { ActionNameShape, TARGET_NAMED, targetMembers } from '../shapes.ts'

const types = { type: 'structure', members: { ScheduledActionName: ActionNameShape, ...targetMembers }, required: ['ScheduledActionName', ...TARGET_NAMED] } as const

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeleteScheduledAction.html */
export const deleteScheduledAction: AutoScalingOperation<FromShape<typeof types>> = {
  types,
  async run (input, { store, scaler }) {
    const action = store.scheduled.get(input)
    if (!action) throw noScheduledActionFound(input, input.ScheduledActionName)
    await store.scheduled.delete(action)
    scaler.plan()
    return {}
  },
}
