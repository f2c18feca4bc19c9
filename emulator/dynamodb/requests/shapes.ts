/** dynalite's grammar for the shape of an input; a plain name is a type. */
export type Shape = string | ({ type: string, children?: Shape | Shapes } & Constraints)
export interface Constraints {
  required?: boolean
  tableName?: boolean
  notNull?: boolean
  regex?: string
  enum?: string[]
  greaterThanOrEqual?: number
  lessThanOrEqual?: number
  lengthGreaterThanOrEqual?: number
  lengthLessThanOrEqual?: number
  keys?: Constraints
  values?: Constraints
}
export interface Shapes { [member: string]: Shape }

/**
 * The same shapes, without `null` among the elements of lists and maps; attribute values are checked elsewhere.
 * @param shape  of a member, in dynalite's grammar
 */
export function refusingNulls (shapes: Shapes): Shapes {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, membersRefusingNulls(shape)]))
}

function membersRefusingNulls (shape: Shape): Shape {
  if (typeof shape === 'string' || shape.children === undefined) return shape
  const { type, children } = shape
  if (!/^(?:Parameterized)?(?:List|Map)/.test(type)) return { ...shape, children: refusingNulls(children as Shapes) } // of a structure
  const element = typeof children === 'string' ? { type: children } : children as Exclude<Shape, string> // of a list or map
  return element.type.startsWith('AttrStruct') ? shape : { ...shape, children: { notNull: true, ...membersRefusingNulls(element) as object, type: element.type } }
}

/** A shape without some of its bounds, for which the operation has its own messages. */
export function unbounded (shape: Shape, ...bounds: (keyof Constraints)[]): Exclude<Shape, string> {
  const { type, ...rest } = shape as Exclude<Shape, string> // one that has bounds
  return { type, ...Object.fromEntries(Object.entries(rest).filter(([name]) => !bounds.includes(name as keyof Constraints))) }
}

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
