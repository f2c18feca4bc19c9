import { Type } from 'typebox'
import { leastPrivilege } from '../iam/least-privilege.ts'
import { BadSeed } from '../seed/bad-seed.ts'
import { ControlError } from './control-error.ts'
import { AccountSchema, members, route } from './route.ts'

const Text = Type.Optional(Type.String())

const StatementSchema = members({
  Effect: Type.Literal('Allow'),
  Action: Type.Array(Type.String()),
  Resource: Type.Union([Type.String(), Type.Array(Type.String())]),
})

const ModeSchema = Type.Union([Type.Literal('off'), Type.Literal('audit'), Type.Literal('on')], {
  description: 'off: every key may do everything; audit: policies are evaluated, and nothing is refused; on: policies are enforced, and signatures verified',
})

const ModeBodySchema = members({ mode: ModeSchema })

export const iamRoutes = [
  route({ method: 'GET', path: '/iam/mode', summary: 'Whether policies of IAM are evaluated and enforced', answer: ModeBodySchema, run: ({ authority }) => ({ mode: authority.mode }) }),
  route({
    method: 'PUT',
    path: '/iam/mode',
    summary: 'Sets whether policies of IAM are evaluated and enforced, from the next request on',
    body: ModeBodySchema,
    answer: ModeBodySchema,
    run ({ authority }, { body }) {
      authority.mode = body.mode
      return body
    },
  }),
  route({
    method: 'GET',
    path: '/iam/policy',
    summary: 'The smallest policy that allows what the calls of the trace asked for; only with IAM on or in audit mode does a call say so',
    query: members({
      service: Text,
      account: Type.Optional(AccountSchema),
      causedBy: Type.Optional(Type.String({ description: 'only calls of this API request; * for those of any' })),
      after: Type.Optional(Type.Integer({ minimum: 0, description: 'only calls after this sequence number' })),
    }),
    answer: members({
      mode: ModeSchema,
      calls: Type.Integer({ minimum: 0, description: 'calls that the policy was made of' }),
      policy: members({ Version: Type.Literal('2012-10-17'), Statement: Type.Array(StatementSchema) }),
    }),
    run ({ trace, authority }, { query }) {
      const { causedBy, ...filter } = query
      const calls = trace.query({ ...filter, ...causedBy !== undefined && causedBy !== '*' && { causedBy } })
        .filter((call) => call.access !== undefined && (causedBy !== '*' || call.causedBy !== undefined))
      return { mode: authority.mode, calls: calls.length, policy: leastPrivilege(calls) }
    },
  }),
  route({
    method: 'PUT',
    path: '/iam/principals',
    summary: 'Makes users, groups, roles and policies of the default account, as iam.json of a seed folder has them; what is there already keeps what else it has',
    body: Type.Object({}, { description: 'policies, groups, users, roles: see docs/seed-folder.md' }),
    answer: members({ principals: Type.Integer({ minimum: 0 }) }),
    async run (emulator, { body }) {
      try {
        return { principals: await emulator.loadPrincipals(body) }
      } catch (error) {
        if (error instanceof BadSeed) throw new ControlError(400, error.message)
        throw error
      }
    },
  }),
]
