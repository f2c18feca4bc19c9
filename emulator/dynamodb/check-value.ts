import { formatNumber, parseNumber } from './decimal.ts'
import type { AttributeValue } from './item.ts'
import { inOrder } from './set-order.ts'

/**
 * What is wrong with a value of a request, in AWS's words; `undefined` if nothing is. Writes its numbers and
 * sets the way DynamoDB stores and answers them, so that equal numbers have equal text.
 *
 * @param levels  how many levels of lists and maps may be in it
 */
export function faultOf (value: AttributeValue, levels: number): string | undefined {
  const types = Object.keys(value)
  if (types.length === 0) return EMPTY
  const fault = normalizeNumber(value) ?? nullFault(value) ?? setFault(value) ?? documentFault(value, levels)
  if (fault !== undefined) return fault
  if (types.length > 1) return 'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'
  return undefined
}

/** Plain whole numbers are as they should be. */
const PLAIN = /^(?:0|-?[1-9]\d{0,36})$/

function normalized (text: string): { text: string } | string {
  if (PLAIN.test(text)) return { text }
  const number = parseNumber(text)
  return typeof number === 'string' ? number : { text: formatNumber(number) }
}

function normalizeNumber (value: AttributeValue): string | undefined {
  if (value.N === undefined) return undefined
  const number = normalized(value.N)
  if (typeof number === 'string') return number
  if (number.text !== value.N) value.N = number.text
  return undefined
}

function nullFault ({ NULL }: AttributeValue): string | undefined {
  return NULL === false ? 'One or more parameter values were invalid: Null attribute value types must have the value of true' : undefined
}

function setFault (value: AttributeValue): string | undefined {
  const { SS, NS, BS } = value
  if (!SS && !NS && !BS) return undefined
  if (SS?.some(isMissing)) return 'One or more parameter values were invalid: An string set may not have a null string as a member'
  if (BS?.some(isMissing)) return 'One or more parameter values were invalid: Binary sets may not contain null values'
  if (SS?.length === 0) return 'One or more parameter values were invalid: An string set  may not be empty'
  if (NS?.length === 0) return 'One or more parameter values were invalid: An number set  may not be empty'
  if (BS?.length === 0) return 'One or more parameter values were invalid: Binary sets should not be empty'
  for (const [index, text] of NS?.entries() ?? []) {
    const number = normalized(text ?? '')
    if (typeof number === 'string') return number
    if (number.text !== text) NS![index] = number.text
  }
  if (hasDuplicates(SS)) return `One or more parameter values were invalid: Input collection [${SS.join(', ')}] contains duplicates.`
  if (hasDuplicates(NS)) return 'Input collection contains duplicates'
  if (hasDuplicates(BS)) return `One or more parameter values were invalid: Input collection [${BS.join(', ')}]of type BS contains duplicates.`
  if (SS) value.SS = inOrder('SS', SS)
  if (NS) value.NS = inOrder('NS', NS)
  if (BS) value.BS = inOrder('BS', BS)
  return undefined
}

/** JSON's `null` among the members of a set. */
function isMissing (member: string | null): boolean {
  return member === null
}

function hasDuplicates (members: string[] | undefined): members is string[] {
  return members !== undefined && new Set(members).size < members.length
}

function documentFault ({ L, M }: AttributeValue, levels: number): string | undefined {
  const inside = L ?? (M && Object.values(M))
  if (!inside) return undefined
  if (levels === 0) return TOO_DEEP
  for (const one of inside) {
    const fault = one ? faultOf(one, levels - 1) : EMPTY
    if (fault !== undefined) return fault
  }
  return undefined
}

export const TOO_DEEP = 'Nesting Levels have exceeded supported limits: Attributes have nested levels beyond supported limit'

const EMPTY = 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'
