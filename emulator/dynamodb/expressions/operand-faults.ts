import { compareValues, typeOf } from '../values/compare-values.ts'
import type { AttributeValue } from '../values/item.ts'
import { shownValue } from '../values/shown-value.ts'
import type { Operand } from './evaluate.ts'
import { pathText } from './parser.ts'
import type { UpdateOperand } from './update.ts'

/*
 * AWS's messages for operands of a wrong kind, as far as that is known before any item is read. Expressions have the name
 * of their parameter before them; PartiQL has them alone.
 */

const TYPES = ['S', 'N', 'B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'NS', 'M']

/** Types whose values have an order. */
export const ORDERED: readonly string[] = ['S', 'N', 'B']

/** The type of a value of the request. */
export function immediateType (operand: Operand | UpdateOperand): string | undefined {
  return Array.isArray(operand) || 'args' in operand ? undefined : typeOf(operand)
}

/** Looks at types that are known beforehand: those of values, and a number for a size. */
export function typesFault (operator: string, args: readonly (Operand | UpdateOperand)[], allowed: readonly string[]): string | undefined {
  for (const arg of args) {
    const type = isSize(arg) ? 'N' : immediateType(arg)
    if (type && !allowed.includes(type)) return wrongType(operator, type)
  }
  return undefined
}

export function countFault (name: string, operands: number): string {
  return `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands}`
}

export function distinctFault (operator: string, [one, other]: readonly Operand[]): string | undefined {
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length || !one.every((piece, i) => piece === other[i])) return undefined
  return 'The first operand must be distinct from the remaining operands for this operator or function; ' +
    `operator: ${operator}, first operand: ${pathText(one)}`
}

/** Of BETWEEN. */
export function boundsFault (low: Operand, high: Operand): string | undefined {
  const lowType = immediateType(low)
  const highType = immediateType(high)
  if (!lowType || !highType) return undefined
  const bounds = `lower bound operand: ${shownValue(low as AttributeValue)}, upper bound operand: ${shownValue(high as AttributeValue)}` // values, since they have types
  if (lowType !== highType) return `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`
  if ((compareValues(low as AttributeValue, high as AttributeValue) ?? 0) <= 0) return undefined
  return `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`
}

/** Of a function of conditions that has the right number of operands. */
export function functionFault (name: string, args: readonly Operand[]): string | undefined {
  const [first, second] = args
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists':
      return Array.isArray(first) ? undefined : `Operator or function requires a document path; operator or function: ${name}`
    case 'begins_with': return typesFault(name, args, ['S', 'B'])
    case 'size': return typesFault(name, args, TYPES.filter((type) => !['N', 'BOOL', 'NULL'].includes(type)))
    case 'attribute_type': {
      const type = immediateType(second!)
      if (type !== 'S') return wrongType(name, type ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}')
      const { S = '' } = second as AttributeValue // of that type
      return TYPES.includes(S) ? undefined : `Invalid attribute type name found; type: ${S}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`
    }
    default: return undefined
  }
}

export function isSize (operand: object): boolean {
  return 'args' in operand && 'name' in operand && operand.name === 'size'
}

function wrongType (operator: string, type: string): string {
  return `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`
}
