import { createHash } from 'node:crypto'
import type { Shape } from './shapes.ts'

/** Members that exports and imports share, in dynalite's grammar. Patterns and bounds are those of AWS's model. */

export const bucketName: Shape = { type: 'String', notNull: true, regex: '^[a-z0-9A-Z]+[\\.\\-\\w]*[a-z0-9A-Z]+$', lengthLessThanOrEqual: 255 }

export const bucketOwner: Shape = { type: 'String', regex: '[0-9]{12}' }

export const clientToken: Shape = { type: 'String', regex: '^[^\\$]+$' }

export const transferArn: Shape = { type: 'String', notNull: true, lengthGreaterThanOrEqual: 37, lengthLessThanOrEqual: 1024 }

export const tableArnFilter: Shape = { type: 'String', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 1024 }

/** The most exports or imports of one answer. */
export const LONGEST_LIST = 25

/** The same text for the same request, in any order of its members. */
export function digestOf (request: object): string {
  const inOrder = (_name: string, value: unknown) => value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => one < other ? -1 : 1))
    : value
  return createHash('sha256').update(JSON.stringify(request, inOrder)).digest('base64')
}
