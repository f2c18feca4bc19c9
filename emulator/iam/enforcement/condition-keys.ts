import type { Context } from '../../core/context.ts'
import type { KeyValue } from '../evaluator/request.ts'
import { arnOf, userIdOf, type Caller } from '../principals/caller.ts'
import type { RoleRecord, Tag } from '../principals/records.ts'

/** What a call carries beside its input. */
export interface CallOrigin {
  readonly sourceIp?: string
  readonly userAgent?: string
}

const TYPES: Readonly<Record<Caller['kind'], string>> = { root: 'Account', user: 'User', role: 'AssumedRole', anonymous: 'Anonymous' }
const TAG = 'aws:principaltag/'

/**
 * The value of a global condition key.
 * @param name  in lower case
 * @param role  the role of a session
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function globalKey (name: string, caller: Caller, ctx: Context, { origin, role }: { origin: CallOrigin, role?: RoleRecord }): KeyValue {
  const session = caller.kind === 'anonymous' ? undefined : caller.session
  const own = session?.keys[name]
  if (own !== undefined) return own
  if (name.startsWith(TAG)) return tagOf(caller.kind === 'user' ? caller.user.tags : role?.tags ?? [], name.slice(TAG.length))
  switch (name) {
    case 'aws:currenttime': return new Date(ctx.startedAt).toISOString()
    case 'aws:epochtime': return String(Math.floor(ctx.startedAt / 1000))
    case 'aws:sourceip': return origin.sourceIp
    case 'aws:useragent': return origin.userAgent
    // The port stands for AWS's own, which is HTTPS.
    case 'aws:securetransport': return 'true'
    case 'aws:viaawsservice': return 'false'
    case 'aws:requestedregion': return ctx.region
    case 'aws:username': return caller.kind === 'user' ? caller.user.name : undefined
    case 'aws:userid': return caller.kind === 'anonymous' ? 'anonymous' : userIdOf(caller)
    case 'aws:principalarn': return caller.kind === 'role' && session?.of.kind === 'role' ? session.of.roleArn : caller.kind === 'anonymous' ? undefined : arnOf(caller)
    case 'aws:principalaccount': return caller.kind === 'anonymous' ? undefined : caller.account
    case 'aws:principaltype': return TYPES[caller.kind]
    case 'aws:tokenissuetime': return session && new Date(session.issuedAt).toISOString()
    case 'aws:multifactorauthpresent': return session && 'false'
    default: return undefined
  }
}

const tagOf = (tags: readonly Tag[], key: string): string | undefined => tags.find((tag) => tag.Key.toLowerCase() === key)?.Value
