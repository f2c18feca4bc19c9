import { marshall, unmarshall, type marshallOptions, type NativeAttributeValue, type unmarshallOptions } from '@aws-sdk/util-dynamodb'
import type { AttributeValue, Item } from './item.ts'

/**
 * Which members of an input or output hold attribute values, in the notation of lib-dynamodb's commands: `null` is a value
 * itself, an empty object is a map or list of values, `*` stands for every member.
 */
export type KeyNodes = null | { [member: string]: KeyNodes }

/** Applies `convert` to every attribute value in an input or output, and copies the rest. */
export function translate (value: Record<string, unknown>, nodes: NonNullable<KeyNodes>, convert: (value: unknown) => unknown): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const name in value) {
    const one = value[name]
    if (one === undefined || typeof one === 'function') continue
    const node = nodes[name]
    copy[name] = node === undefined ? one : descend(one, node, convert)
  }
  return copy
}

function descend (value: unknown, node: KeyNodes, convert: (value: unknown) => unknown): unknown {
  if (node === null) return convert(value)
  if (value === null || typeof value !== 'object') return value
  if (node['*'] !== undefined) return mapMembers(value, (one) => descend(one, node['*']!, convert))
  if (Object.keys(node).length === 0) return mapMembers(value, convert)
  return translate(value as Record<string, unknown>, node, convert) // an object that is not a list: its members are named
}

function mapMembers (value: object, convert: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => convert(one))
  const copy: Record<string, unknown> = {}
  for (const name in value) {
    const one: unknown = value[name as keyof typeof value]
    if (one !== undefined) copy[name] = convert(one)
  }
  return copy
}

/**
 * Makes a function that converts a JavaScript value to its wire form: the result of the SDK's own marshalling, with
 * binary in base64. The most common types are converted in one pass, the rest by the SDK.
 * @throws the errors of the SDK's `marshall` for a value that has no type in DynamoDB
 */
export function marshaller (options: marshallOptions): (value: unknown) => AttributeValue {
  const bySdk = (value: unknown) => {
    const marshalled = marshall(value as NativeAttributeValue, options) as WithBytes // the SDK validates its input
    return mapBinary(marshalled, toBase64) as AttributeValue
  }
  if (!options.removeUndefinedValues || options.convertEmptyValues) return bySdk
  function marshalOne (value: unknown): AttributeValue {
    switch (typeof value) {
      case 'string': return { S: value }
      case 'boolean': return { BOOL: value }
      case 'number': return Number.MIN_SAFE_INTEGER <= value && value <= Number.MAX_SAFE_INTEGER ? { N: String(value) } : bySdk(value)
      case 'object': return value === null ? { NULL: true } : Array.isArray(value) ? { L: marshalAll(value) } : isPlain(value) ? { M: marshalMembers(value) } : bySdk(value)
      default: return bySdk(value)
    }
  }
  function marshalAll (values: readonly unknown[]): AttributeValue[] {
    const list: AttributeValue[] = []
    for (const value of values) if (isKept(value)) list.push(marshalOne(value))
    return list
  }
  function marshalMembers (value: object): Item {
    const map: Item = {}
    for (const name in value) {
      const member: unknown = value[name as keyof typeof value]
      if (isKept(member)) map[name] = marshalOne(member)
    }
    return map
  }
  return marshalOne
}

const isKept = (value: unknown) => value !== undefined && typeof value !== 'function'

function isPlain (value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function toBase64 (bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('Only byte arrays can be written as binary')
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** Makes a function that converts an attribute value of the wire to the JavaScript value that the SDK's document client returns. */
export function unmarshaller ({ wrapNumbers, ...options }: unmarshallOptions): (value: unknown) => unknown {
  if (wrapNumbers !== true) return nativeReader(wrapNumbers || toNumber) as (value: unknown) => unknown // stored values were validated
  return (value) => {
    const bytes = mapBinary(structuredClone<WithBytes>(value as WithBytes), (base64) => fromBase64(base64 as string)) // the wire form is base64
    return unmarshall(bytes as Parameters<typeof unmarshall>[0], { wrapNumbers, ...options }) as unknown
  }
}

/** The result of the SDK's `unmarshall`, in one pass: it takes half of the time of reading an item. */
function nativeReader (readNumber: (text: string) => unknown): (value: AttributeValue) => unknown {
  /** Stored lists of numbers, such as vectors, that were parsed before: parsing them takes longest. */
  const vectors = new WeakMap<readonly AttributeValue[], readonly number[]>()

  // A value has one member, of its type; the most frequent types come first.
  function toNative (value: AttributeValue): unknown {
    if (value.S !== undefined) return value.S
    if (value.N !== undefined) return readNumber(value.N)
    if (value.M !== undefined) return toNativeMembers(value.M)
    if (value.L !== undefined) return toNativeList(value.L)
    if (value.BOOL !== undefined) return value.BOOL
    if (value.NULL !== undefined) return null
    if (value.B !== undefined) return fromBase64(value.B)
    if (value.SS !== undefined) return new Set(value.SS)
    if (value.NS !== undefined) return new Set(value.NS.map((text) => readNumber(text)))
    if (value.BS !== undefined) return new Set(value.BS.map(fromBase64))
    throw new Error('No value defined: {}') // the SDK's message
  }
  function toNativeList (list: readonly AttributeValue[]): unknown[] {
    const vector = vectors.get(list)
    if (vector) return [...vector]
    const natives = list.map(toNative)
    // A frozen list is stored, and will not change.
    if (natives.length > 1 && Object.isFrozen(list) && natives.every((one) => typeof one === 'number')) vectors.set(list, [...natives])
    return natives
  }
  function toNativeMembers (map: Item): object {
    const members: Record<string, unknown> = {}
    for (const name in map) members[name] = toNative(map[name]!)
    return members
  }
  return toNative
}

/** A number that a double cannot represent is a bigint, as in the SDK; a fraction among these is an error. */
function toNumber (text: string): number | bigint {
  const number = Number(text)
  if (Number.MIN_SAFE_INTEGER <= number && number <= Number.MAX_SAFE_INTEGER) return number
  try {
    return BigInt(text)
  } catch {
    throw new Error(`${text} can't be converted to BigInt. Set options.wrapNumbers to get string value.`)
  }
}

function fromBase64 (base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}

/** An attribute value whose binaries are base64, or bytes. */
interface WithBytes {
  B?: unknown
  BS?: unknown[]
  L?: WithBytes[]
  M?: Record<string, WithBytes>
}

/** Converts binaries in place: the value is the caller's own copy. */
function mapBinary (value: WithBytes, convert: (binary: unknown) => unknown): WithBytes {
  if (value.B !== undefined) value.B = convert(value.B)
  else if (value.BS) value.BS = value.BS.map(convert)
  else if (value.L) for (const one of value.L) mapBinary(one, convert)
  else if (value.M) for (const name in value.M) mapBinary(value.M[name]!, convert)
  return value
}
