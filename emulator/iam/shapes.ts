import type { StructureShape } from '../core/protocol/shape.ts'

// Bounds of the service's model, botocore 1.43.

const named = (max: number) => ({ type: 'string', min: 1, max, pattern: '[\\w+=,.@-]+' }) as const

export const userName = named(64)
/** Of a user that exists: the model is wider there. */
export const existingUser = named(128)
export const groupName = named(128)
export const roleName = named(64)
export const policyName = named(128)

export const path = { type: 'string', min: 1, max: 512, pattern: '(\\u002F)|(\\u002F[\\u0021-\\u007F]+\\u002F)' } as const
export const pathPrefix = { type: 'string', min: 1, max: 512, pattern: '\\u002F[\\u0021-\\u007F]*' } as const
export const arn = { type: 'string', min: 20, max: 2048 } as const
export const document = { type: 'string', min: 1, max: 131_072, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' } as const
export const description = { type: 'string', min: 0, max: 1000 } as const
export const accessKeyId = { type: 'string', min: 16, max: 128, pattern: '[\\w]+' } as const
export const status = { type: 'string', values: ['Active', 'Inactive'] } as const
export const versionId = { type: 'string', pattern: 'v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?' } as const
export const boolean = { type: 'boolean' } as const
export const scope = { type: 'string', values: ['All', 'AWS', 'Local'] } as const
export const usage = { type: 'string', values: ['PermissionsPolicy', 'PermissionsBoundary'] } as const

const tagKey = { type: 'string', min: 1, max: 128, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+' } as const

export const tags = {
  type: 'list',
  max: 50,
  of: { type: 'structure', members: { Key: tagKey, Value: { type: 'string', min: 0, max: 256, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' } }, required: ['Key', 'Value'] },
} as const

export const tagKeys = { type: 'list', max: 50, of: tagKey } as const

/** The members by which every list is paged. */
export const paging = {
  Marker: { type: 'string', min: 1 },
  MaxItems: { type: 'integer', min: 1, max: 1000 },
} as const

export const structure = <const M extends StructureShape['members'], const R extends readonly (keyof M & string)[] = []>(members: M, required?: R) =>
  ({ type: 'structure', members, required: required ?? ([] as unknown as R) }) as const // none required is an empty list
