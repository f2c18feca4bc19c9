import type { FromShape } from '../../core/protocol/shape.ts'
import { page, shownKey, shownTime, userNameOf } from '../answers.ts'
import { done, existing } from '../changes.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { keyNotFound, limitExceeded, validation } from '../errors.ts'
import { AWS_LIMITS } from '../limits.ts'
import { newAccessKeyId, newSecret } from '../principals/ids.ts'
import { drop, put } from '../principals/iam-store.ts'
import type { KeyRecord } from '../principals/records.ts'
import { accessKeyId, existingUser, paging, status, structure } from '../shapes.ts'

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html and its neighbours

/** The user of a request, who may be the caller. The account's root has no keys here. */
function userOf (name: string | undefined, ctx: IamContext): string {
  const user = userNameOf(name, ctx)
  if (user === undefined) throw validation('Must specify userName when calling with non-User credentials')
  ctx.notes.resource = user
  return existing(ctx.store, 'user', user).name
}

function keyOf (id: string, user: string, { store }: IamContext): KeyRecord {
  const key = store.get('key', id)
  if (key?.user !== user) throw keyNotFound(id)
  return key
}

const createTypes = structure({ UserName: existingUser })

const createAccessKey: IamOperation<FromShape<typeof createTypes>> = {
  types: createTypes,
  run: ({ UserName }, ctx) => ctx.store.change(() => {
    const user = userOf(UserName, ctx)
    if (ctx.store.keysOf(user).length >= AWS_LIMITS.keysOfUser) throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${AWS_LIMITS.keysOfUser}`)
    const key: KeyRecord = { id: newAccessKeyId('AKIA', ctx.store.account), secret: newSecret(), user, status: 'Active', createdAt: ctx.startedAt }
    return { changes: [put('key', key)], answer: { AccessKey: { ...shownKey(key), SecretAccessKey: key.secret } } }
  }),
}

const listTypes = structure({ UserName: existingUser, ...paging })

const listAccessKeys: IamOperation<FromShape<typeof listTypes>> = {
  types: listTypes,
  run ({ UserName, ...paged }, ctx) {
    const { items, ...rest } = page(ctx.store.keysOf(userOf(UserName, ctx)), paged)
    return { AccessKeyMetadata: items.map(shownKey), ...rest }
  },
}

const updateTypes = structure({ UserName: existingUser, AccessKeyId: accessKeyId, Status: status }, ['AccessKeyId', 'Status'])

const updateAccessKey: IamOperation<FromShape<typeof updateTypes>> = {
  types: updateTypes,
  run: ({ UserName, AccessKeyId, Status }, ctx) => ctx.store.change(() =>
    done([put('key', { ...keyOf(AccessKeyId, userOf(UserName, ctx), ctx), status: Status })])),
}

const deleteTypes = structure({ UserName: existingUser, AccessKeyId: accessKeyId }, ['AccessKeyId'])

const deleteAccessKey: IamOperation<FromShape<typeof deleteTypes>> = {
  types: deleteTypes,
  run: ({ UserName, AccessKeyId }, ctx) => ctx.store.change(() => done([drop('key', keyOf(AccessKeyId, userOf(UserName, ctx), ctx))])),
}

const lastUsedTypes = structure({ AccessKeyId: accessKeyId }, ['AccessKeyId'])

/** The uses of keys are not recorded: the answer is the one of a key that was never used. See GAPS.md. */
const getAccessKeyLastUsed: IamOperation<FromShape<typeof lastUsedTypes>> = {
  types: lastUsedTypes,
  run ({ AccessKeyId }, { store }) {
    const key = store.get('key', AccessKeyId)
    if (!key) throw keyNotFound(AccessKeyId)
    return { UserName: key.user, AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A', LastUsedDate: shownTime(key.createdAt) } }
  },
}

export const accessKeyOperations = {
  CreateAccessKey: createAccessKey,
  ListAccessKeys: listAccessKeys,
  UpdateAccessKey: updateAccessKey,
  DeleteAccessKey: deleteAccessKey,
  GetAccessKeyLastUsed: getAccessKeyLastUsed,
}
