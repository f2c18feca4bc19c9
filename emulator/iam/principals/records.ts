import type { KeyValue } from '../evaluator/request.ts'

export interface Tag { readonly Key: string, readonly Value: string }

/** What users, groups and roles have in common. Times are epoch ms. */
interface Entity {
  readonly name: string
  /** Begins and ends with a slash. */
  readonly path: string
  readonly id: string
  readonly arn: string
  readonly createdAt: number
  /** Texts of inline policies by name. */
  readonly inline: Readonly<Record<string, string>>
  /** ARNs of managed policies. */
  readonly attached: readonly string[]
}

export interface UserRecord extends Entity {
  /** The ARN of the permissions boundary. */
  readonly boundary?: string
  readonly tags: readonly Tag[]
  /** Names of groups. */
  readonly groups: readonly string[]
}

export type GroupRecord = Entity

export interface RoleRecord extends Entity {
  /** The text of the trust policy. */
  readonly trust: string
  readonly description?: string
  readonly maxSessionSeconds: number
  readonly boundary?: string
  readonly tags: readonly Tag[]
}

export interface PolicyVersion { readonly id: string, readonly document: string, readonly createdAt: number }

/** A managed policy of the account. */
export interface PolicyRecord {
  readonly name: string
  readonly path: string
  readonly id: string
  readonly arn: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly description?: string
  readonly defaultVersion: string
  readonly versions: readonly PolicyVersion[]
  /** The number of the next version. */
  readonly nextVersion: number
  readonly tags: readonly Tag[]
}

export interface KeyRecord {
  readonly id: string
  readonly secret: string
  /** The name of its user. */
  readonly user: string
  readonly status: 'Active' | 'Inactive'
  readonly createdAt: number
}

/** Temporary credentials, and for whom they are. */
export interface SessionRecord {
  readonly id: string
  readonly secret: string
  readonly token: string
  readonly issuedAt: number
  readonly expiresAt: number
  readonly of:
    | { readonly kind: 'root' }
    | { readonly kind: 'user', readonly name: string }
    | { readonly kind: 'role', readonly role: string, readonly roleArn: string, readonly roleId: string, readonly sessionName: string }
  /** Texts of the session policies; `undefined` when none was passed. */
  readonly policies?: readonly string[]
  /** Condition keys that the session brings, by name in lower case, such as `aws:principaltag/team`. */
  readonly keys: Readonly<Record<string, KeyValue>>
  readonly tags: readonly Tag[]
  readonly transitiveTags: readonly string[]
  readonly sourceIdentity?: string
}

/** The kinds of records, and the key that identifies a record of each kind. */
export interface Records {
  readonly user: UserRecord
  readonly group: GroupRecord
  readonly role: RoleRecord
  readonly policy: PolicyRecord
  readonly key: KeyRecord
  readonly session: SessionRecord
}

export type RecordKind = keyof Records

/** What a record is found by: names count the same in upper and lower case. */
export function identifierOf (kind: RecordKind, record: Records[RecordKind]): string {
  if (kind === 'key' || kind === 'session') return (record as KeyRecord).id
  return (record as Entity).name.toLowerCase()
}
