import { arnOf, userIdOf } from '../../iam/principals/caller.ts'
import type { StsOperation } from '../context.ts'
import { nothing } from '../shapes.ts'

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export const getCallerIdentity: StsOperation<object> = {
  types: nothing,
  run (_, { directory, accessKeyId, account }) {
    const known = directory.caller(accessKeyId)
    // A key that was not issued here is the root of the call's account.
    const caller = known.kind === 'root' && !known.session ? { ...known, account } : known
    return { UserId: userIdOf(caller), Account: caller.account, Arn: arnOf(caller) }
  },
}
