import type { FromShape } from '../../core/protocol/shape.ts'
import type { StsOperation } from '../context.ts'
import { trustPolicy } from '../access.ts'
import { accessDenied, validation } from '../errors.ts'
import { identityOf } from '../web-identity.ts'
import { issueSession, shownCredentials } from '../issue-session.ts'
import { roleOf, sessionPolicies } from '../session-request.ts'
import { policy, policyArns, roleArn, seconds, sessionName } from '../shapes.ts'
import { DEFAULT_SECONDS } from './assume-role.ts'

const types = {
  type: 'structure',
  members: {
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    WebIdentityToken: { type: 'string', min: 4, max: 20_000 },
    ProviderId: { type: 'string', min: 4, max: 2048 },
    PolicyArns: policyArns,
    Policy: policy,
    DurationSeconds: seconds(43_200),
  },
  required: ['RoleArn', 'RoleSessionName', 'WebIdentityToken'],
} as const

export type WebIdentityInput = FromShape<typeof types>

const ACTION = 'sts:AssumeRoleWithWebIdentity'

/**
 * Tokens of the local issuer are trusted, and of no other. Calls of the session have the keys of a Cognito identity pool
 * (`cognito-identity.amazonaws.com:sub`) and those of the issuer by its own name.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export const assumeRoleWithWebIdentity: StsOperation<WebIdentityInput, object> = {
  types,
  custom ({ ProviderId }) {
    if (ProviderId !== undefined) throw validation('ProviderId is not supported by this emulator: it is for OAuth 2.0 tokens')
  },
  async run (input, ctx) {
    const { RoleSessionName, DurationSeconds = DEFAULT_SECONDS } = input
    const role = await roleOf(input.RoleArn, ctx)
    ctx.notes.resource = role.name
    const identity = await identityOf(input.WebIdentityToken, ctx)
    const denial = ctx.access?.check([{
      action: ACTION,
      resource: role.arn,
      key: (name) => identity.keys[name],
      policy: trustPolicy(role.arn, ctx),
      principal: { kind: 'anonymous', arn: identity.arn, account: '', federated: identity.federated },
    }], ctx)
    if (denial) throw accessDenied(`Not authorized to perform ${ACTION}`)
    if (role.record && DurationSeconds > role.record.maxSessionSeconds) throw validation('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
    const session = await issueSession(ctx, {
      account: role.account,
      seconds: DurationSeconds,
      of: { kind: 'role', role: role.name, roleArn: role.arn, roleId: role.id, sessionName: RoleSessionName },
      policies: sessionPolicies(input, role.store),
      keys: identity.keys,
    })
    return {
      Credentials: shownCredentials(session),
      SubjectFromWebIdentityToken: identity.subject,
      AssumedRoleUser: { AssumedRoleId: `${role.id}:${RoleSessionName}`, Arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${RoleSessionName}` },
      Provider: identity.issuer,
      Audience: identity.audience,
    }
  },
}
