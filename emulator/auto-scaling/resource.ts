import { validation } from './errors.ts'

/** What is scaled, as requests name it. */
export interface TargetId { ResourceId: string, ScalableDimension: string }

/** The same, taken apart. */
export interface ScaledUnits { table: string, index?: string, kind: 'Read' | 'Write' }

export const DIMENSIONS = ['dynamodb:table:ReadCapacityUnits', 'dynamodb:table:WriteCapacityUnits', 'dynamodb:index:ReadCapacityUnits', 'dynamodb:index:WriteCapacityUnits'] as const

const RESOURCE = /^table\/([\w.-]{3,255})(?:\/index\/([\w.-]{3,255}))?$/

/** @throws ValidationException for what is no table or index, or a dimension of the other */
export function unitsOf ({ ResourceId, ScalableDimension }: TargetId): ScaledUnits {
  const [, table, index] = RESOURCE.exec(ResourceId) ?? []
  if (table === undefined || ScalableDimension.startsWith('dynamodb:index:') !== (index !== undefined)) {
    throw validation(`Unsupported service namespace, resource type or scalable dimension: service namespace: dynamodb, resource ID: ${ResourceId}, scalable dimension: ${ScalableDimension}`)
  }
  return { table, ...index !== undefined && { index }, kind: ScalableDimension.endsWith('ReadCapacityUnits') ? 'Read' : 'Write' }
}

/** One text for each target. */
export const targetKey = ({ ResourceId, ScalableDimension }: TargetId): string => `${ResourceId}|${ScalableDimension}`
