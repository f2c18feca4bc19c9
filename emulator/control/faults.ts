import { Type } from 'typebox'
import { ActiveFaultSchema, BadFaultRule, FaultRuleSchema, type ActiveFault, type FaultRule } from '../core/fault-rule.ts'
import { ControlError } from './control-error.ts'
import { AccountSchema, members, route, type Controlled } from './route.ts'

const { id: _, ...withoutId } = FaultRuleSchema.properties

const IdSchema = members({ id: Type.String() })

export const faultRoutes = [
  route({
    method: 'GET',
    path: '/faults',
    summary: 'The fault rules in the order in which they are tried, with their hits',
    answer: members({ faults: Type.Array(ActiveFaultSchema) }),
    run: ({ faults }) => ({ faults: faults.list() }),
  }),
  route({
    method: 'POST',
    path: '/faults',
    summary: 'Adds a rule that makes calls fail or wait',
    body: FaultRuleSchema,
    answer: ActiveFaultSchema,
    run: (emulator, { body }) => add(emulator, body),
  }),
  route({
    method: 'PUT',
    path: '/faults/{id}',
    summary: 'Adds a rule with this id, or replaces the existing one',
    params: members({ id: FaultRuleSchema.properties.id }),
    body: members(withoutId),
    answer: ActiveFaultSchema,
    run: (emulator, { params, body }) => add(emulator, { ...body, ...params }),
  }),
  route({
    method: 'DELETE',
    path: '/faults/{id}',
    summary: 'Deletes one rule',
    params: IdSchema,
    answer: members({ cleared: Type.Integer() }),
    run ({ faults }, { params }) {
      if (!faults.remove(params.id)) throw new ControlError(404, `There is no fault rule ${params.id}`)
      return { cleared: 1 }
    },
  }),
  route({
    method: 'DELETE',
    path: '/faults',
    summary: 'Deletes all rules, or those for this service or account',
    query: members({ service: Type.Optional(Type.String()), account: Type.Optional(AccountSchema) }),
    answer: members({ cleared: Type.Integer() }),
    run: ({ faults }, { query }) => ({ cleared: faults.clear(query) }),
  }),
]

async function add ({ faults }: Controlled, rule: FaultRule): Promise<ActiveFault> {
  try {
    return await faults.add(rule)
  } catch (error) {
    if (error instanceof BadFaultRule) throw new ControlError(400, error.message)
    throw error
  }
}
