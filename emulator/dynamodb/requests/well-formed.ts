import { AWS_LIMITS } from '../limits.ts'
import type { Constraints, Shape, Shapes } from './shapes.ts'

/** Whether a value matches its shape. */
export type Accepts = (value: unknown) => boolean

/**
 * Compiles the shape of an input into a test that is many times faster than dynalite's checks, which walk the shape
 * for each input.
 * Inputs that it accepts also pass those checks, unchanged. Inputs that it does not accept may still be valid: an
 * unknown member, a null, a fraction sent for an integer, binary. dynalite then decides, and writes the message.
 */
export function compileShapes (shapes: Shapes): Accepts {
  const members = new Map(Object.entries(shapes).map(([name, shape]) => [name, compile(shape)]))
  const wanted = Object.entries(shapes).filter(([, shape]) => typeof shape !== 'string' && (shape.notNull || shape.required)).map(([name]) => name)
  return (value) => {
    if (!isObject(value)) return false
    for (const name in value) if (members.get(name)?.(value[name]) !== true) return false
    return wanted.every((name) => value[name] !== undefined)
  }
}

const acceptsAttribute = attributeValue()

function compile (shape: Shape): Accepts {
  if (typeof shape === 'string') return compile({ type: shape })
  const { type, children, ...bounds } = shape
  const isOfType = ofType(type.replace(/<.*/, ''), children)
  const meets = constraints(bounds)
  return meets.length === 0 ? isOfType : (value) => isOfType(value) && meets.every((test) => test(value))
}

function ofType (type: string, children: Shape | Shapes | undefined): Accepts {
  switch (type) {
    case 'String': return (value) => typeof value === 'string'
    case 'Boolean': return (value) => typeof value === 'boolean'
    case 'Short': case 'Integer': case 'Long': return Number.isInteger
    case 'AttrStruct': return (value) => acceptsAttribute(value)
    // A list or map has one shape for all its children; a structure has one for each member.
    case 'List': case 'ParameterizedList': return everyOf(compile(children as Shape))
    case 'Map': case 'ParameterizedMap': return everyMember(compile(children as Shape))
    case 'ValueStruct': case 'FieldStruct': return compileShapes(children as Shapes)
    default: return () => false
  }
}

function constraints (bounds: Constraints): Accepts[] {
  return Object.entries(bounds).map(([name, bound]) => constraint(name as keyof Constraints, bound))
}

function constraint (name: keyof Constraints, bound: unknown): Accepts {
  const limit = bound as number // of the four that compare
  switch (name) {
    case 'required': case 'notNull': return () => true // checked by the caller, who has the member
    case 'enum': return (value) => (bound as string[]).includes(value as string)
    case 'regex': {
      const pattern = new RegExp(`^${String(bound)}$`)
      return (value) => pattern.test(value as string)
    }
    case 'greaterThanOrEqual': return (value) => (value as number) >= limit
    case 'lessThanOrEqual': return (value) => (value as number) <= limit
    case 'lengthGreaterThanOrEqual': return (value) => lengthOf(value as string | object) >= limit
    case 'lengthLessThanOrEqual': return (value) => lengthOf(value as string | object) <= limit
    case 'tableName': return (value) => lengthOf(value as string) >= 3 && lengthOf(value as string) <= 255
    case 'keys': {
      const tests = constraints(bound as Constraints)
      return (value) => Object.keys(value as object).every((name) => tests.every((test) => test(name)))
    }
    case 'values': {
      const tests = constraints(bound as Constraints)
      return (value) => Object.values(value as object).every((member) => tests.every((test) => test(member)))
    }
    default: return () => false
  }
}

/**
 * dynalite's `AttrStruct<ValueStruct>`, without binary. How many of its members a value may have is not part of its shape.
 * Values nested deeper than DynamoDB allows are also left to dynalite, which reports their depth.
 */
function attributeValue (): Accepts {
  const isString: Accepts = (value) => typeof value === 'string'
  const isBoolean: Accepts = (value) => typeof value === 'boolean'
  const strings = everyOf(isString)
  let accepts: Accepts = () => false
  for (let depth = 0; depth <= AWS_LIMITS.nestingLevels; depth++) {
    const [list, map] = [everyOf(accepts), everyMember(accepts)]
    const members: Readonly<Record<string, Accepts | undefined>> = { S: isString, N: isString, BOOL: isBoolean, NULL: isBoolean, SS: strings, NS: strings, L: list, M: map }
    accepts = (value) => {
      if (!isObject(value)) return false
      for (const type in value) if (!Object.hasOwn(members, type) || !members[type]!(value[type])) return false
      return true
    }
  }
  return accepts
}

function everyOf (accepts: Accepts): Accepts {
  return (value) => Array.isArray(value) && value.every(accepts)
}

function everyMember (accepts: Accepts): Accepts {
  return (value) => {
    if (!isObject(value)) return false
    for (const name in value) if (!accepts(value[name])) return false
    return true
  }
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function lengthOf (value: string | object): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : Object.keys(value).length
}
