import { DIMENSIONS } from './resource.ts'

export const NamespaceShape = { type: 'string', values: ['dynamodb'] } as const
export const ResourceIdShape = { type: 'string', min: 1, max: 1600 } as const
export const DimensionShape = { type: 'string', values: DIMENSIONS } as const
export const NextTokenShape = { type: 'string' } as const
export const PolicyNameShape = { type: 'string', min: 1, max: 256 } as const
export const ActionNameShape = { type: 'string', min: 1, max: 256 } as const
export const TagsShape = { type: 'map', keys: { type: 'string', min: 1, max: 128 }, values: { type: 'string', max: 256 } } as const

/** The members that name a target. */
export const targetMembers = { ServiceNamespace: NamespaceShape, ResourceId: ResourceIdShape, ScalableDimension: DimensionShape } as const
export const TARGET_NAMED = ['ServiceNamespace', 'ResourceId', 'ScalableDimension'] as const
