import type { FromShape } from '../../core/protocol/shape.ts'
import type { StsOperation } from '../context.ts'
import { arnOf } from '../../iam/principals/caller.ts'
import { notAllowedToAssume, validation } from '../errors.ts'
import { issueSession, shownCredentials } from '../issue-session.ts'
import { checkTags, roleOf, sessionPolicies, tagKeys as keysOfTags } from '../session-request.ts'
import { policy, policyArns, roleArn, seconds, sessionName, tagKeys, tags } from '../shapes.ts'

export const DEFAULT_SECONDS = 3600

const types = {
  type: 'structure',
  members: {
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    PolicyArns: policyArns,
    Policy: policy,
    DurationSeconds: seconds(43_200),
    Tags: tags,
    TransitiveTagKeys: tagKeys,
    ExternalId: { type: 'string', min: 2, max: 1224, pattern: '[\\w+=,.@:\\/-]*' },
    SerialNumber: { type: 'string', min: 9, max: 256 },
    TokenCode: { type: 'string', min: 6, max: 6 },
    SourceIdentity: sessionName,
  },
  required: ['RoleArn', 'RoleSessionName'],
} as const

export type AssumeRoleInput = FromShape<typeof types>

/**
 * While policies are not enforced, any role can be assumed, even one that does not exist.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const assumeRole: StsOperation<AssumeRoleInput, object> = {
  types,
  custom ({ SerialNumber, TokenCode }) {
    if (SerialNumber !== undefined || TokenCode !== undefined) throw validation('SerialNumber and TokenCode are not supported by this emulator')
  },
  async run (input, ctx) {
    const { RoleSessionName, DurationSeconds = DEFAULT_SECONDS, Tags = [], TransitiveTagKeys = [], SourceIdentity } = input
    const role = await roleOf(input.RoleArn, ctx)
    const caller = ctx.directory.caller(ctx.accessKeyId)
    ctx.notes.resource = role.name
    // Root is not asked for rights, and cannot assume what is not there either.
    if (ctx.enforced && !role.record) throw notAllowedToAssume(arnOf(caller), role.arn)
    checkTags(Tags, TransitiveTagKeys)
    if (role.record && DurationSeconds > role.record.maxSessionSeconds) throw validation('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
    if (caller.kind === 'role' && DurationSeconds > 3600) {
      throw validation('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.')
    }
    // Transitive tags are passed on to the roles that a session assumes.
    const handedOn = caller.kind === 'role' ? caller.session.tags.filter(({ Key }) => caller.session.transitiveTags.includes(Key)) : []
    const all = [...handedOn, ...Tags.filter(({ Key }) => !handedOn.some((one) => one.Key === Key))]
    const source = SourceIdentity ?? (caller.kind === 'role' ? caller.session.sourceIdentity : undefined)
    const session = await issueSession(ctx, {
      account: role.account,
      seconds: DurationSeconds,
      of: { kind: 'role', role: role.name, roleArn: role.arn, roleId: role.id, sessionName: RoleSessionName },
      policies: sessionPolicies(input, role.store),
      tags: all,
      transitiveTags: [...handedOn.map(({ Key }) => Key), ...TransitiveTagKeys],
      keys: { ...keysOfTags(all), ...source !== undefined && { 'aws:sourceidentity': source } },
      sourceIdentity: source,
    })
    return {
      Credentials: shownCredentials(session),
      AssumedRoleUser: { AssumedRoleId: `${role.id}:${RoleSessionName}`, Arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${RoleSessionName}` },
      ...input.Policy !== undefined && { PackedPolicySize: Math.min(100, Math.ceil(input.Policy.length / 20.48)) },
      ...SourceIdentity !== undefined && { SourceIdentity },
    }
  },
}
