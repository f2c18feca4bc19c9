import type { Shape } from '../dynamodb/requests/shapes.ts'

export const streamArnShape: Shape = { type: 'String', notNull: true, lengthGreaterThanOrEqual: 37, lengthLessThanOrEqual: 1024 }

export const shardIdShape = { type: 'String', lengthGreaterThanOrEqual: 28, lengthLessThanOrEqual: 65 }
