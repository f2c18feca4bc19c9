import { invalidInput } from './errors.ts'
import type { IamContext } from './context.ts'
import type { GroupRecord, KeyRecord, PolicyRecord, RoleRecord, Tag, UserRecord } from './principals/records.ts'
import type { IamStore } from './principals/iam-store.ts'

/** Times of IAM have no part of a second. */
export const shownTime = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}Z`

/** Documents are URL-encoded in answers, as RFC 3986 has it. */
export const shownDocument = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

const boundaryOf = (arn: string | undefined) =>
  arn === undefined ? {} : { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn } }

const tagsOf = (tags: readonly Tag[]) => tags.length === 0 ? {} : { Tags: tags }

/** @param whole  lists leave boundary and tags out */
export const shownUser = ({ path, name, id, arn, createdAt, boundary, tags }: UserRecord, whole = true): object =>
  ({ Path: path, UserName: name, UserId: id, Arn: arn, CreateDate: shownTime(createdAt), ...whole && { ...boundaryOf(boundary), ...tagsOf(tags) } })

export const shownGroup = ({ path, name, id, arn, createdAt }: GroupRecord): object =>
  ({ Path: path, GroupName: name, GroupId: id, Arn: arn, CreateDate: shownTime(createdAt) })

export const shownRole = ({ path, name, id, arn, createdAt, trust, description, maxSessionSeconds, boundary, tags }: RoleRecord, whole = true): object => ({
  Path: path,
  RoleName: name,
  RoleId: id,
  Arn: arn,
  CreateDate: shownTime(createdAt),
  AssumeRolePolicyDocument: shownDocument(trust),
  Description: description,
  MaxSessionDuration: maxSessionSeconds,
  ...whole && { ...boundaryOf(boundary), ...tagsOf(tags), RoleLastUsed: {} },
})

export const shownPolicy = (store: IamStore, policy: PolicyRecord, whole = true): object => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.defaultVersion,
  AttachmentCount: attachmentsOf(store, policy.arn).length,
  PermissionsBoundaryUsageCount: boundariesOf(store, policy.arn).length,
  IsAttachable: true,
  Description: whole ? policy.description : undefined,
  CreateDate: shownTime(policy.createdAt),
  UpdateDate: shownTime(policy.updatedAt),
  ...whole && tagsOf(policy.tags),
})

export const shownKey = ({ user, id, status, createdAt }: KeyRecord): object =>
  ({ UserName: user, AccessKeyId: id, Status: status, CreateDate: shownTime(createdAt) })

type Attached = { kind: 'user', record: UserRecord } | { kind: 'group', record: GroupRecord } | { kind: 'role', record: RoleRecord }

const everyEntity = (store: IamStore): Attached[] => [
  ...store.list('user').map((record) => ({ kind: 'user' as const, record })),
  ...store.list('group').map((record) => ({ kind: 'group' as const, record })),
  ...store.list('role').map((record) => ({ kind: 'role' as const, record })),
]

/** What a managed policy is attached to. */
export const attachmentsOf = (store: IamStore, arn: string): Attached[] => everyEntity(store).filter(({ record }) => record.attached.includes(arn))

/** What a managed policy is the permissions boundary of. */
export const boundariesOf = (store: IamStore, arn: string): Attached[] => everyEntity(store).filter((one) => one.kind !== 'group' && one.record.boundary === arn)

const DEFAULT_ITEMS = 100

/** A page of a list: the marker is the place at which the next one begins. */
export function page<T> (all: readonly T[], { Marker, MaxItems = DEFAULT_ITEMS }: { Marker?: string, MaxItems?: number }): { items: T[], IsTruncated: boolean, Marker?: string } {
  const start = Marker === undefined ? 0 : Number(/^at:(\d{1,9})$/.exec(Buffer.from(Marker, 'base64url').toString())?.[1] ?? NaN)
  if (Number.isNaN(start)) throw invalidInput('Invalid Marker.')
  const items = all.slice(start, start + MaxItems)
  const end = start + items.length
  return end < all.length ? { items, IsTruncated: true, Marker: Buffer.from(`at:${end}`).toString('base64url') } : { items, IsTruncated: false }
}

/** The name of a user that may be left out: it is the caller's then. */
export function userNameOf (name: string | undefined, ctx: IamContext): string | undefined {
  if (name !== undefined) return name
  const caller = ctx.directory.caller(ctx.accessKeyId)
  return caller.kind === 'user' ? caller.user.name : undefined
}
