import type { FromShape } from '../../core/protocol/shape.ts'
import { accountInKey } from '../../iam/principals/ids.ts'
import type { StsOperation } from '../context.ts'
import { validation } from '../errors.ts'

const types = {
  type: 'structure',
  members: { AccessKeyId: { type: 'string', min: 16, max: 128, pattern: '[\\w]*' } },
  required: ['AccessKeyId'],
} as const

/**
 * The account is read from the key itself, as AWS does; whether the key exists is not looked up.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html
 */
export const getAccessKeyInfo: StsOperation<FromShape<typeof types>> = {
  types,
  run ({ AccessKeyId }) {
    const account = accountInKey(AccessKeyId)
    if (account === undefined) throw validation(`Invalid Access Key: ${AccessKeyId}`)
    return { Account: account }
  },
}
