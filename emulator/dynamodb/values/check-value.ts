import { formatNumber, NO_NUMBER, parseNumber } from './decimal.ts'
import type { AttributeValue, Item } from './item.ts'
import { inOrder } from './set-order.ts'

/** Options of the check. */
export interface ValueRules {
  /** The maximum levels of a value; a value outside lists and maps has one. */
  nestingLevels: number
  /**
   * Scan, BatchWriteItem and the transactions have kept messages that the other operations have changed. Source: answers of
   * four regions recorded by the public paritysuite/dynamodb-conformance, October 2026.
   */
  olderWords?: boolean
  /** The levels of an item's or key's values, where their depth is checked separately. */
  itemLevels?: number
}

/**
 * AWS's message for an error in a value of a request; `undefined` if it is valid. Writes its numbers and
 * sets in the form in which DynamoDB stores and returns them, so that equal numbers have equal text.
 */
export function faultOf (value: AttributeValue, rules: ValueRules, levels = rules.nestingLevels): string | undefined {
  const types = Object.keys(value)
  if (types.length === 0) return EMPTY
  const fault = normalizeNumber(value, rules) ?? nullFault(value) ?? setFault(value, rules) ?? documentFault(value, rules, levels)
  if (fault !== undefined) return fault
  if (types.length > 1) return 'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'
  return undefined
}

/** Numbers without an exponent and without redundant zeros are stored unchanged; most are such, and this check is fast. */
const PLAIN = /^(?:0|-?[1-9]\d{0,36}|-?(?:0|[1-9]\d{0,17})\.\d{0,17}[1-9])$/

function normalized (text: string, { olderWords }: ValueRules): { text: string } | string {
  if (PLAIN.test(text)) return { text }
  if (text === '' && olderWords) return NO_NUMBER
  const number = parseNumber(text)
  return typeof number === 'string' ? number : { text: formatNumber(number) }
}

function normalizeNumber (value: AttributeValue, rules: ValueRules): string | undefined {
  if (value.N === undefined) return undefined
  const number = normalized(value.N, rules)
  if (typeof number === 'string') return number
  if (number.text !== value.N) value.N = number.text
  return undefined
}

function nullFault ({ NULL }: AttributeValue): string | undefined {
  return NULL === false ? 'One or more parameter values were invalid: Null attribute value types must have the value of true' : undefined
}

function setFault (value: AttributeValue, rules: ValueRules): string | undefined {
  const { SS, NS, BS } = value
  if (!SS && !NS && !BS) return undefined
  if (SS?.some(isMissing)) return 'One or more parameter values were invalid: An string set may not have a null string as a member'
  if (BS?.some(isMissing)) return 'One or more parameter values were invalid: Binary sets may not contain null values'
  if (SS?.length === 0) return 'One or more parameter values were invalid: An string set  may not be empty'
  if (NS?.length === 0) return 'One or more parameter values were invalid: An number set  may not be empty'
  if (BS?.length === 0) return 'One or more parameter values were invalid: Binary sets should not be empty'
  for (const [index, text] of NS?.entries() ?? []) {
    const number = normalized(text ?? '', rules)
    if (typeof number === 'string') return number
    if (number.text !== text) NS![index] = number.text
  }
  if (hasDuplicates(SS)) return duplicates('SS', SS, rules)
  if (hasDuplicates(NS)) return duplicates('NS', NS, rules)
  if (hasDuplicates(BS)) return duplicates('BS', BS, rules)
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

/** The newer message lists the members in order up to the first duplicate, then the others as they were sent. */
function duplicates (type: 'SS' | 'NS' | 'BS', members: string[], { olderWords }: ValueRules): string {
  const what = (members = '') => `Input collection ${members}contains duplicates`
  if (type === 'NS') return olderWords ? what() : `${INVALID}${what()}.`
  const ofType = type === 'BS' ? 'of type BS ' : ' '
  if (olderWords) return `${INVALID}${what(`[${members.join(', ')}]${ofType}`)}.`
  const again = members.findIndex((member, index) => members.indexOf(member) < index)
  const named = [...inOrder(type, members.slice(0, again)), ...members.slice(again)].map((member) => `"${member}"`)
  return `${INVALID}${what(`[${named.join(type === 'BS' ? ',' : ', ')}]${ofType}`)}.`
}

function documentFault ({ L, M }: AttributeValue, rules: ValueRules, levels: number): string | undefined {
  const inside = L ?? (M && Object.values(M))
  if (!inside) return undefined
  if (levels <= 1) return TOO_DEEP
  const wrongName = M && namesFault(Object.keys(M))
  if (wrongName !== undefined) return wrongName
  for (const one of inside) {
    const fault = one ? faultOf(one, rules, levels - 1) : EMPTY
    if (fault !== undefined) return fault
  }
  return undefined
}

export const TOO_DEEP = 'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit'

/** The name of an attribute or of a map member. */
export const EMPTY_NAME = 'Empty attribute name'

/** The most bytes of an attribute's name. Source: "Naming rules", developer guide; measured by scylladb/scylladb, test_limits.py. */
const NAME_BYTES = 65_535

/** AWS's message for an error in the names of attributes or of map members. */
export function namesFault (names: readonly string[]): string | undefined {
  if (names.includes('')) return EMPTY_NAME
  return names.some(isTooLong) ? `Attribute name is too large, must be less than ${NAME_BYTES + 1} bytes` : undefined
}

function isTooLong (name: string): boolean {
  return name.length * 3 > NAME_BYTES && Buffer.byteLength(name) > NAME_BYTES // a UTF-16 unit takes at most three bytes of UTF-8
}

/** The levels of the deepest value: a value outside lists and maps has one, and an item without attributes none. */
export function levelsOf (members: Item | AttributeValue[]): number {
  let deepest = 0
  for (const { L, M } of Object.values(members)) {
    const inside = L ?? M
    deepest = Math.max(deepest, inside ? 1 + Math.max(1, levelsOf(inside)) : 1)
  }
  return deepest
}

const INVALID = 'One or more parameter values were invalid: '

const EMPTY = 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'
