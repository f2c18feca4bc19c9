/**
 * The input of an AWS JSON operation, described as data: the members, their types and the constraints of the service's
 * model. {@link readShape} validates an input by it and words errors as AWS does.
 */
export type Shape = StringShape | BlobShape | NumberShape | BooleanShape | TimestampShape | ListShape | MapShape | StructureShape

export interface StringShape {
  readonly type: 'string'
  /** Bounds of the length, in characters. */
  readonly min?: number
  readonly max?: number
  /** Of the whole string, in the model's own notation. */
  readonly pattern?: string
  /** The enum's values. */
  readonly values?: readonly string[]
}

/** Bytes, in base64 on the wire. */
export interface BlobShape {
  readonly type: 'blob'
  /** Bounds of the length, in bytes. */
  readonly min?: number
  readonly max?: number
}

export interface NumberShape {
  readonly type: 'integer' | 'float'
  readonly min?: number
  readonly max?: number
}

export interface BooleanShape { readonly type: 'boolean' }

/** Epoch seconds on the wire; it is read as epoch ms. */
export interface TimestampShape { readonly type: 'timestamp' }

export interface ListShape {
  readonly type: 'list'
  readonly of: Shape
  /** Bounds of the number of members. */
  readonly min?: number
  readonly max?: number
}

/** Strings by string: tags, for instance. */
export interface MapShape {
  readonly type: 'map'
  readonly keys: StringShape
  readonly values: StringShape
  /** Bounds of the number of entries. */
  readonly min?: number
  readonly max?: number
}

export interface StructureShape {
  readonly type: 'structure'
  readonly members: Readonly<Record<string, Shape>>
  /** Required members. */
  readonly required?: readonly string[]
}

/** The type of an input after it has been parsed by a shape. */
export type FromShape<S> =
  S extends { type: 'string', values: readonly (infer V)[] } ? V
    : S extends { type: 'string' } ? string
      : S extends { type: 'blob' } ? Buffer
        : S extends { type: 'integer' | 'float' | 'timestamp' } ? number
          : S extends { type: 'boolean' } ? boolean
            : S extends { type: 'list', of: infer E } ? FromShape<E>[]
              : S extends { type: 'map' } ? Record<string, string>
                : S extends { type: 'structure', members: infer M } ? FromMembers<M, RequiredOf<S>>
                  : never

type RequiredOf<S> = S extends { required: readonly (infer R)[] } ? R : never
type FromMembers<M, R> =
  { [K in keyof M as K extends R ? K : never]: FromShape<M[K]> } &
  { [K in keyof M as K extends R ? never : K]?: FromShape<M[K]> }

/** A value whose JSON type is not the shape's: AWS answers SerializationException before it looks at any constraint. */
export class WrongType extends Error {}

/** Violated constraints; the message is AWS's, with all of them in it. */
export class BrokenConstraints extends Error {
  constructor (constraints: readonly string[]) {
    super(`${constraints.length} validation error${constraints.length === 1 ? '' : 's'} detected: ${constraints.join('; ')}`)
  }
}

/**
 * Reads an input by its shape. Members that the shape does not name are left out, as AWS ignores them; a member that is
 * null counts as missing; bytes come out of their base64.
 *
 * @throws {@link WrongType}  for a value of another JSON type, or invalid base64
 * @throws {@link BrokenConstraints}  for everything else, all of it at once
 */
export function readShape<S extends StructureShape> (shape: S, input: unknown): FromShape<S> {
  const broken: string[] = []
  const value = readStructure(shape, input, '', broken)
  if (broken.length > 0) throw new BrokenConstraints(broken)
  return value as FromShape<S> // what readStructure made is what FromShape says, member by member
}

function read (shape: Shape, value: unknown, path: string, broken: string[]): unknown {
  switch (shape.type) {
    case 'structure': return readStructure(shape, value, path, broken)
    case 'list': return readList(shape, value, path, broken)
    case 'map': return readMap(shape, value, path, broken)
    default: {
      const [scalar, constraints] = readScalar(shape, value)
      for (const constraint of constraints) broken.push(failed(quote(shown(scalar, shape)), path, constraint))
      return scalar
    }
  }
}

function readStructure (shape: StructureShape, value: unknown, path: string, broken: string[]): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new WrongType(unexpected(value, 'a structure'))
  const members = new Map(Object.entries(value))
  const structure: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(shape.members)) {
    const given: unknown = members.get(name)
    const at = `${path && `${path}.`}${name.charAt(0).toLowerCase()}${name.slice(1)}`
    if (given !== undefined && given !== null) {
      structure[name] = read(member, given, at, broken)
    } else if (shape.required?.includes(name)) {
      broken.push(failed('null', at, 'Member must not be null'))
    }
  }
  return structure
}

/** Constraints of members without members are reported for the list; a structure's own members have paths. */
function readList (shape: ListShape, value: unknown, path: string, broken: string[]): unknown[] {
  if (!Array.isArray(value)) throw new WrongType(unexpected(value, 'a list'))
  const inMembers = new Set<string>()
  const list = value.map((member: unknown, index) => {
    if (isCompound(shape.of)) return read(shape.of, member, `${path}.${index + 1}.member`, broken)
    const [scalar, constraints] = readScalar(shape.of, member)
    for (const constraint of constraints) inMembers.add(constraint)
    return scalar
  })
  const text = quote(`[${list.map((member) => shown(member, shape.of)).join(', ')}]`)
  for (const constraint of lengthConstraints(list.length, shape)) broken.push(failed(text, path, constraint))
  if (inMembers.size > 0) broken.push(failed(text, path, `Member must satisfy constraint: [${[...inMembers].join(', ')}]`))
  return list
}

/** Constraints of keys or values are reported for the map. */
function readMap (shape: MapShape, value: unknown, path: string, broken: string[]): Record<string, string> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new WrongType(unexpected(value, 'a map'))
  const inKeys = new Set<string>()
  const inValues = new Set<string>()
  const entries = Object.entries(value).map(([key, member]: [string, unknown]): [string, string] => {
    for (const constraint of readScalar(shape.keys, key)[1]) inKeys.add(constraint)
    const [text, constraints] = readScalar(shape.values, member)
    for (const constraint of constraints) inValues.add(constraint)
    return [key, text as string] // readScalar throws for what is no string
  })
  const text = quote(`{${entries.map(([key, member]) => `${key}=${member}`).join(', ')}}`)
  for (const constraint of lengthConstraints(entries.length, shape)) broken.push(failed(text, path, constraint))
  if (inKeys.size > 0) broken.push(failed(text, path, `Map keys must satisfy constraint: [${[...inKeys].join(', ')}]`))
  if (inValues.size > 0) broken.push(failed(text, path, `Map value must satisfy constraint: [${[...inValues].join(', ')}]`))
  return Object.fromEntries(entries)
}

type ScalarShape = Exclude<Shape, ListShape | MapShape | StructureShape>

function isCompound (shape: Shape): shape is Exclude<Shape, ScalarShape> {
  return shape.type === 'structure' || shape.type === 'list' || shape.type === 'map'
}

/** A value, and the constraints that it violates. */
function readScalar (shape: ScalarShape, value: unknown): [unknown, string[]] {
  switch (shape.type) {
    case 'string': {
      if (typeof value !== 'string') throw new WrongType(unexpected(value, 'String'))
      const constraints = lengthConstraints(value.length, shape)
      if (shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`, 'u').test(value)) {
        constraints.push(`Member must satisfy regular expression pattern: ${shape.pattern}`)
      }
      if (shape.values && !shape.values.includes(value)) {
        constraints.push(`Member must satisfy enum value set: [${shape.values.join(', ')}]`)
      }
      return [value, constraints]
    }
    case 'blob': {
      if (typeof value !== 'string') throw new WrongType(unexpected(value, 'Blob'))
      const bytes = decodeBase64(value)
      return [bytes, lengthConstraints(bytes.length, shape)]
    }
    case 'boolean':
      if (typeof value !== 'boolean') throw new WrongType(unexpected(value, 'Boolean'))
      return [value, []]
    case 'timestamp':
      if (typeof value !== 'number') throw new WrongType(unexpected(value, 'Timestamp'))
      return [Math.round(value * 1000), []]
    default: {
      if (typeof value !== 'number') throw new WrongType(unexpected(value, shape.type === 'float' ? 'Float' : 'Integer'))
      const constraints: string[] = []
      if (shape.min !== undefined && value < shape.min) constraints.push(`Member must have value greater than or equal to ${shape.min}`)
      if (shape.max !== undefined && value > shape.max) constraints.push(`Member must have value less than or equal to ${shape.max}`)
      return [shape.type === 'float' ? value : Math.trunc(value), constraints]
    }
  }
}

function lengthConstraints (length: number, { min, max }: { min?: number, max?: number }): string[] {
  if (min !== undefined && length < min) return [`Member must have length greater than or equal to ${min}`]
  if (max !== undefined && length > max) return [`Member must have length less than or equal to ${max}`]
  return []
}

/** Node skips invalid characters of base64; a length that differs from the text's shows it. */
function decodeBase64 (text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  const promised = Math.floor(text.replace(/={1,2}$/, '').length * 3 / 4)
  if (text.length % 4 !== 0 || bytes.length !== promised) {
    throw new WrongType('Base64 encoded string has an invalid length or an invalid character')
  }
  return bytes
}

const failed = (value: string, path: string, constraint: string): string =>
  `Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`

const quote = (text: string): string => `'${text}'`

/** A value as AWS's services, which are written in Java, print it. */
function shown (value: unknown, shape: Shape): string {
  if (Buffer.isBuffer(value)) return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`
  if (shape.type === 'float' && Number.isInteger(value)) return `${String(value)}.0`
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function unexpected (value: unknown, wanted: string): string {
  if (Array.isArray(value)) return 'Start of list found where not expected'
  if (typeof value === 'object' && value !== null) return 'Start of structure or map found where not expected.'
  const found = value === null ? 'NULL_VALUE' : typeof value === 'boolean' ? `${String(value).toUpperCase()}_VALUE` : typeof value === 'number' ? 'NUMBER_VALUE' : 'STRING_VALUE'
  return `${found} cannot be converted to ${wanted}`
}
