import type { FromShape } from '../../core/protocol/shape.ts'
import type { StsContext, StsOperation } from '../context.ts'
import { accessDenied, validation } from '../errors.ts'
import { issueSession, shownCredentials } from '../issue-session.ts'
import { seconds } from '../shapes.ts'

const DEFAULT_SECONDS = 43_200
/** Of the account's root, one hour at most. */
const ROOT_SECONDS = 3600

const types = {
  type: 'structure',
  members: { DurationSeconds: seconds(129_600), SerialNumber: { type: 'string', min: 9, max: 256 }, TokenCode: { type: 'string', min: 6, max: 6 } },
} as const

/**
 * Devices of MFA are not emulated: a `SerialNumber` is refused.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 */
export const getSessionToken: StsOperation<FromShape<typeof types>, object> = {
  types,
  async run ({ DurationSeconds, SerialNumber, TokenCode }, ctx: StsContext) {
    if (SerialNumber !== undefined || TokenCode !== undefined) throw validation('SerialNumber and TokenCode are not supported by this emulator')
    const caller = ctx.directory.caller(ctx.accessKeyId)
    if (caller.kind === 'role' || caller.kind === 'anonymous' || caller.session) throw accessDenied('Cannot call GetSessionToken with session credentials')
    const longest = caller.kind === 'root' ? ROOT_SECONDS : Infinity
    const session = await issueSession(ctx, {
      account: caller.kind === 'root' ? ctx.account : caller.account,
      seconds: Math.min(DurationSeconds ?? DEFAULT_SECONDS, longest),
      of: caller.kind === 'root' ? { kind: 'root' } : { kind: 'user', name: caller.user.name },
    })
    return { Credentials: shownCredentials(session) }
  },
}
