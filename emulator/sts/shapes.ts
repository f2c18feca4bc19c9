import type { StructureShape } from '../core/protocol/shape.ts'

// Bounds of the service's model, botocore 1.43.

export const roleArn = { type: 'string', min: 20, max: 2048 } as const
export const sessionName = { type: 'string', min: 2, max: 64, pattern: '[\\w+=,.@-]*' } as const
export const policy = { type: 'string', min: 1 } as const
export const tagKey = { type: 'string', min: 1, max: 128, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+' } as const
export const tagValue = { type: 'string', min: 0, max: 256, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' } as const

export const policyArns = {
  type: 'list',
  of: { type: 'structure', members: { arn: { type: 'string', min: 20, max: 2048 } } },
} as const

export const tags = {
  type: 'list',
  max: 50,
  of: { type: 'structure', members: { Key: tagKey, Value: tagValue }, required: ['Key', 'Value'] },
} as const

export const tagKeys = { type: 'list', max: 50, of: tagKey } as const

export const seconds = (max: number) => ({ type: 'integer', min: 900, max }) as const

export const nothing = { type: 'structure', members: {} } as const satisfies StructureShape
