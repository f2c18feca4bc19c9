import type { AttributeValue } from '@aws-sdk/client-dynamodb'

export type Item = Record<string, AttributeValue>

/** A value in DynamoDB's JSON, as the CLI has it: bytes in Base64. */
export type JsonValue = string | boolean | null | string[] | JsonValue[] | { [name: string]: JsonValue }

const toBase64 = (bytes: Uint8Array): string => {
  let text = ''
  // Bit by bit: a call takes only so many arguments.
  for (let from = 0; from < bytes.length; from += 8192) text += String.fromCharCode(...bytes.subarray(from, from + 8192))
  return btoa(text)
}
const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

export const typeOfValue = (value: AttributeValue): string => Object.keys(value)[0] ?? ''

/** An item in DynamoDB's JSON: `{"id": {"S": "a"}}`. */
export const toDynamoJson = (item: Item): Record<string, JsonValue> => mapValues(item, valueToJson)

function valueToJson (value: AttributeValue): JsonValue {
  if (value.B !== undefined) return { B: toBase64(value.B) }
  if (value.BS !== undefined) return { BS: value.BS.map(toBase64) }
  if (value.L !== undefined) return { L: value.L.map(valueToJson) }
  if (value.M !== undefined) return { M: mapValues(value.M, valueToJson) }
  return value as unknown as { [name: string]: JsonValue } // what is left are texts, lists of texts and booleans
}

/** @throws what is not DynamoDB's JSON, by its attribute */
export function fromDynamoJson (json: unknown): Item {
  if (!isObject(json)) throw new Error('An item is an object')
  return mapValues(json, (value, name) => valueFromJson(value, name))
}

function valueFromJson (json: unknown, path: string): AttributeValue {
  const [entry, ...more] = isObject(json) ? Object.entries(json) : []
  if (!entry || more.length > 0) throw new Error(`${path} is no value of DynamoDB's, such as {"S": "text"}`)
  const [type, value] = entry
  if ((type === 'S' || type === 'N') && typeof value === 'string') return type === 'S' ? { S: value } : { N: value }
  if (type === 'BOOL' && typeof value === 'boolean') return { BOOL: value }
  if (type === 'NULL' && value === true) return { NULL: true }
  if (type === 'B' && typeof value === 'string') return { B: fromBase64(value) }
  if (type === 'L' && Array.isArray(value)) return { L: value.map((one, place) => valueFromJson(one, `${path}[${place}]`)) }
  if (type === 'M' && isObject(value)) return { M: mapValues(value, (one, name) => valueFromJson(one, `${path}.${name}`)) }
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
    if (type === 'SS') return { SS: value }
    if (type === 'NS') return { NS: value }
    if (type === 'BS') return { BS: value.map(fromBase64) }
  }
  throw new Error(`${path} is no value of the type ${type}`)
}

/** An item as plain JSON; `undefined` where that would lose something: sets, bytes, and numbers that JavaScript cannot hold. */
export function toPlainJson (item: Item): Record<string, unknown> | undefined {
  try {
    return mapValues(item, plainValue)
  } catch {
    return undefined
  }
}

function plainValue (value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S
  if (value.BOOL !== undefined) return value.BOOL
  if (value.NULL !== undefined) return null
  if (value.N !== undefined && String(Number(value.N)) === value.N) return Number(value.N)
  if (value.L !== undefined) return value.L.map(plainValue)
  if (value.M !== undefined) return mapValues(value.M, plainValue)
  throw new TypeError('Plain JSON has no such value')
}

export function fromPlainJson (json: unknown): Item {
  if (!isObject(json)) throw new Error('An item is an object')
  return mapValues(json, fromPlainValue)
}

function fromPlainValue (value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (Array.isArray(value)) return { L: value.map(fromPlainValue) }
  if (isObject(value)) return { M: mapValues(value, fromPlainValue) }
  return { NULL: true }
}

/** Whether each member has the form of a value of DynamoDB's. */
export function isDynamoJson (json: unknown): boolean {
  return isObject(json) && Object.values(json).every((value) => isObject(value) && /^(S|N|B|BOOL|NULL|L|M|SS|NS|BS)$/.test(Object.keys(value).join()))
}

/** An attribute of an item's own: one may be called `__proto__`. */
export const attributeOf = (item: Item, name: string): AttributeValue | undefined => Object.hasOwn(item, name) ? item[name] : undefined

/** A value in one line. */
export function shownValue (value: AttributeValue | undefined): string {
  if (value === undefined) return ''
  if (value.S !== undefined) return value.S
  if (value.N !== undefined) return value.N
  if (value.BOOL !== undefined) return String(value.BOOL)
  if (value.NULL !== undefined) return 'null'
  const json = valueToJson(value)
  return JSON.stringify(isObject(json) ? Object.values(json)[0] : json)
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Own members only, also one that is called `__proto__`. */
function mapValues<V, W> (object: Record<string, V>, change: (value: V, name: string) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]))
}
