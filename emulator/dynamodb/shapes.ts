import type { Shape } from './engine.ts'

/** Shapes that several operations share, in dynalite's grammar. */
export const tableName: Shape = {
  type: 'String', notNull: true, regex: '[a-zA-Z0-9_.-]+', lengthGreaterThanOrEqual: 3, lengthLessThanOrEqual: 255,
}
export const attributes: Shape = { type: 'Map<AttributeValue>', notNull: true, children: 'AttrStruct<ValueStruct>' }
export const expressionNames: Shape = { type: 'Map<java.lang.String>', children: 'String' }
export const expressionValues: Shape = { type: 'Map<AttributeValue>', children: 'AttrStruct<ValueStruct>' }
export const returnConsumedCapacity: Shape = { type: 'String', enum: ['INDEXES', 'TOTAL', 'NONE'] }
export const returnItemCollectionMetrics: Shape = { type: 'String', enum: ['SIZE', 'NONE'] }
export const returnValuesOnConditionCheckFailure: Shape = { type: 'String', enum: ['ALL_OLD', 'NONE'] }
