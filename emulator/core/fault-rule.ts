import { Type, type Static, type TProperties } from 'typebox'
import { schemaFaults } from './schema-faults.ts'

/** The longest delay of a call, ms. */
export const LONGEST_LATENCY_MS = 600_000

const strict = <const T extends TProperties>(members: T) => Type.Object(members, { additionalProperties: false })
const Milliseconds = Type.Number({ minimum: 0, maximum: LONGEST_LATENCY_MS })
const Count = Type.Integer({ minimum: 1, description: 'a whole number from 1' })
const Name = Type.String({ minLength: 1, maxLength: 2048 })

const ErrorSchema = Type.Union([
  Type.Enum(['throttle', 'internal', 'access-denied', 'connection-reset', 'answer-lost']),
  strict({
    code: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9.]{0,127}$' }),
    status: Type.Optional(Type.Integer({ minimum: 400, maximum: 599 })),
    message: Type.Optional(Type.String({ maxLength: 2048 })),
  }),
], {
  description: 'throttle, internal, access-denied, connection-reset (the call is not executed), answer-lost (the call is executed, and the ' +
    'connection reset) or {"code", "status"?, "message"?}',
})

const LatencySchema = Type.Union([
  Milliseconds,
  strict({ min: Milliseconds, max: Milliseconds }),
  strict({ mean: Milliseconds, deviation: Milliseconds }),
  strict({ p50: Milliseconds, p99: Milliseconds }),
], { description: 'real milliseconds, or {"min", "max"} (uniform), {"mean", "deviation"} (normal), {"p50", "p99"} (lognormal)' })

const rule = {
  /** The id, given or generated from a counter. */
  id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$', description: '1 to 64 characters of A-Z a-z 0-9 _ . -' })),
  service: Type.Optional(Type.String({ description: 'the name of a service', examples: ['dynamodb'] })),
  operation: Type.Optional(Type.String({ description: 'the name of an operation', examples: ['GetItem'] })),
  resource: Type.Optional(Type.String({ ...Name, description: 'a table, bucket or collection; * stands for any characters' })),
  key: Type.Optional(Type.Union([Name, Type.Record(Type.String(), Type.Unknown(), { minProperties: 1 })], {
    description: 'an object\'s key, with * for any characters; or an item\'s, such as {"id": "a"} or {"id": {"S": "a"}}',
  })),
  account: Type.Optional(Type.String({ pattern: '^\\d{12}$', description: 'twelve digits' })),
  error: Type.Optional(ErrorSchema),
  latency: Type.Optional(LatencySchema),
  share: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'a number from 0 to 1: the probability for each call' })),
  skip: Type.Optional(Type.Integer({ minimum: 0, description: 'a whole number: how many calls to skip first' })),
  every: Type.Optional(Count),
  times: Type.Optional(Count),
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, description: 'a whole number from 0 to 4294967295' })),
}

/** What can be requested. */
export const FaultRuleSchema = strict(rule)

/** What exists. */
export const ActiveFaultSchema = strict({
  ...rule,
  id: Type.String(),
  seed: Type.Integer({ description: 'seed of the random choices: the same calls get the same faults' }),
  seen: Type.Integer({ description: 'calls that match the rule; in a batch, items' }),
  hits: Type.Integer({ description: 'calls, or items, to which it was applied' }),
})

/**
 * Which calls fail or are late, and how. A rule applies to calls that match all its conditions; of these it hits every one,
 * or a `share` at random, `every` nth, the first `times` after `skip`. Throttling a batch hits single items of it.
 */
export type FaultRule = Static<typeof FaultRuleSchema>

/** An active rule, and its counts. */
export type ActiveFault = Static<typeof ActiveFaultSchema>

export type Latency = Static<typeof LatencySchema>

/** An invalid fault rule; the message says why. */
export class BadFaultRule extends Error {
  override name = 'BadFaultRule'
}

/**
 * Validates a rule, and returns a copy of it.
 * @param operations  of each service
 * @throws {@link BadFaultRule}
 */
export function checkFaultRule (given: unknown, operations: Readonly<Record<string, readonly string[]>>): FaultRule {
  const faults = schemaFaults(FaultRuleSchema, given)
  if (faults.length > 0) throw new BadFaultRule(faults.join('; '))
  const rule = given as FaultRule // it has no faults
  const { service, operation, latency } = rule
  if (service !== undefined && !Object.hasOwn(operations, service)) {
    throw new BadFaultRule(`"service" takes ${Object.keys(operations).join(', ')}, not ${JSON.stringify(service)}`)
  }
  const ofService = service === undefined ? Object.values(operations).flat() : operations[service]!
  if (operation !== undefined && !ofService.includes(operation)) {
    throw new BadFaultRule(`"operation" takes an operation of ${service ?? 'a service'}, not ${JSON.stringify(operation)}`)
  }
  if (rule.error === undefined && latency === undefined) throw new BadFaultRule('it needs "error" or "latency", for example {"error":"throttle"}')
  if (typeof latency === 'object' && 'min' in latency && latency.min > latency.max) throw new BadFaultRule('"latency.min" must not be above "latency.max"')
  if (typeof latency === 'object' && 'p50' in latency && (latency.p50 > latency.p99 || latency.p50 === 0)) {
    throw new BadFaultRule('"latency.p50" must be above 0 and not above "latency.p99"')
  }
  return structuredClone(rule)
}
