import type { IamMode, RootCredentials } from './enforcement/authority.ts'

/** How IAM is started. */
export interface IamOptions {
  /** `on` or `true` enforces policies and verifies signatures; `audit` evaluates them, refuses nothing, and notes in the trace what would be refused. */
  mode: boolean | IamMode
  /** A key of the account's root, which may do everything, beside `sandtable` with the secret `sandtable`. */
  root?: RootCredentials
}

const ROOT: RootCredentials = { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' }

export function iamSettings (options: boolean | IamMode | IamOptions = 'off'): { mode: IamMode, roots: readonly RootCredentials[] } {
  const { mode, root } = typeof options === 'object' ? options : { mode: options }
  return { mode: typeof mode === 'string' ? mode : mode ? 'on' : 'off', roots: root ? [root, ROOT] : [ROOT] }
}
