import { randomUUID } from 'node:crypto'
import type { FromShape } from '../../core/protocol/shape.ts'
import type { AutoScalingOperation } from '../context.ts'
import { limitExceeded, noTargetRegistered, validation } from '../errors.ts'
import { unitsOf } from '../resource.ts'
import { nextTime } from '../scaling/schedule.ts'
import { ActionNameShape, TARGET_NAMED, targetMembers } from '../shapes.ts'

const types = {
  type: 'structure',
  members: {
    ScheduledActionName: ActionNameShape,
    ...targetMembers,
    Schedule: { type: 'string', min: 1, max: 1600 },
    Timezone: { type: 'string', min: 1, max: 1600 },
    StartTime: { type: 'timestamp' },
    EndTime: { type: 'timestamp' },
    ScalableTargetAction: { type: 'structure', members: { MinCapacity: { type: 'integer', min: 0 }, MaxCapacity: { type: 'integer', min: 0 } } },
  },
  required: ['ScheduledActionName', ...TARGET_NAMED],
} as const

/**
 * Creates a scheduled action, or changes it.
 *
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
 */
export const putScheduledAction: AutoScalingOperation<FromShape<typeof types>> = {
  types,
  async run ({ ServiceNamespace: _namespace, ...input }, { store, scaler, limits, startedAt }) {
    unitsOf(input)
    if (!store.targets.get(input)) throw noTargetRegistered(input)
    const known = store.scheduled.get(input)
    if (!known && store.scheduledOf(input).length >= limits.scheduledActionsPerTarget) {
      throw limitExceeded(`You have reached the limit of ${limits.scheduledActionsPerTarget} scheduled actions for a scalable target`)
    }
    const { Schedule = known?.Schedule, ScalableTargetAction = known?.ScalableTargetAction } = input
    if (Schedule === undefined || !ScalableTargetAction) throw validation('Schedule and ScalableTargetAction must be specified for a new scheduled action')
    const { MinCapacity, MaxCapacity } = ScalableTargetAction
    if (MinCapacity === undefined && MaxCapacity === undefined) throw validation('At least one of MinCapacity and MaxCapacity must be specified')
    if (MinCapacity !== undefined && MaxCapacity !== undefined && MinCapacity > MaxCapacity) throw validation('Maximum capacity cannot be less than minimum capacity')
    const action = {
      ...known,
      ...input,
      Schedule,
      ScalableTargetAction,
      ScheduledActionARN: known?.ScheduledActionARN ??
        `arn:aws:autoscaling:${store.region}:${store.account}:scheduledAction:${randomUUID()}:resource/dynamodb/${input.ResourceId}:scheduledActionName/${input.ScheduledActionName}`,
      CreationTime: known?.CreationTime ?? startedAt,
    }
    const nextAt = nextTime(action, { after: startedAt, from: action.CreationTime })
    if (nextAt === undefined && Schedule.startsWith('at(')) throw validation(`The schedule is in the past: ${Schedule}`)
    await store.scheduled.put({ ...action, ...nextAt !== undefined && { nextAt } })
    scaler.plan()
    return {}
  },
}
