import { WrongType, type ListShape, type MapShape, type Shape, type StructureShape } from './shape.ts'

/** A parameter, and the parameters whose names continue it after a dot. */
interface Node {
  value?: string
  readonly children: Map<string, Node>
}

/** Parts of a name, such as `MetricData.member.1.Value`. No service's input is as deep as this. */
const DEEPEST = 40

/**
 * Reads the parameters of an AWS Query call into the input that the same call has in AWS JSON: lists come from
 * `Name.member.1`, maps from `Name.entry.1.key` and `Name.entry.1.value`, a list that is given without members is empty,
 * and text becomes numbers, booleans and times where the shape says so. Constraints are left to `readShape`.
 *
 * @throws {@link WrongType}  for text that is no number, boolean or time where one belongs
 */
export function readQueryInput (shape: StructureShape, parameters: URLSearchParams): Record<string, unknown> {
  return readStructure(shape, treeOf(parameters))
}

function treeOf (parameters: URLSearchParams): Node {
  const root: Node = { children: new Map() }
  for (const [name, value] of parameters) {
    const parts = name.split('.')
    if (parts.length > DEEPEST) throw new WrongType(`${name.slice(0, 100)} is nested too deeply`)
    let node = root
    for (const part of parts) {
      let next = node.children.get(part)
      if (!next) node.children.set(part, next = { children: new Map() })
      node = next
    }
    node.value = value
  }
  return root
}

function read (shape: Shape, node: Node): unknown {
  switch (shape.type) {
    case 'structure': return readStructure(shape, node)
    case 'list': return readList(shape, node)
    case 'map': return readMap(shape, node)
    default: return readScalar(shape.type, node.value ?? '')
  }
}

function readStructure (shape: StructureShape, node: Node): Record<string, unknown> {
  const structure: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(shape.members)) {
    const child = node.children.get(name)
    if (child) structure[name] = read(member, child)
  }
  return structure
}

function readList (shape: ListShape, node: Node): unknown[] {
  return numbered(node.children.get('member')).map((member) => read(shape.of, member))
}

function readMap (shape: MapShape, node: Node): Record<string, unknown> {
  return Object.fromEntries(numbered(node.children.get('entry')).map(({ children }): [string, unknown] => {
    const part = (name: string, of: Shape) => read(of, children.get(name) ?? { children: new Map() })
    return [part('key', shape.keys) as string, part('value', shape.values)] // keys are strings by their shape
  }))
}

/** Members in the order of their numbers, which may have gaps. */
function numbered (list: Node | undefined): Node[] {
  return [...list?.children ?? []]
    .filter(([index]) => /^\d{1,9}$/.test(index))
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, member]) => member)
}

function readScalar (type: 'string' | 'blob' | 'integer' | 'float' | 'boolean' | 'timestamp', text: string): unknown {
  switch (type) {
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw new WrongType(`${JSON.stringify(text)} is not a Boolean`)
      return text === 'true'
    case 'integer':
    case 'float': return readNumber(type, text)
    case 'timestamp': return readTime(text)
    default: return text
  }
}

const NUMBERS = {
  integer: /^[+-]?\d+$/,
  float: /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/,
}

function readNumber (type: 'integer' | 'float', text: string): number {
  if (!NUMBERS[type].test(text)) throw new WrongType(`${JSON.stringify(text)} is not ${type === 'integer' ? 'an Integer' : 'a Double'}`)
  return Number(text)
}

/** ISO 8601, which is UTC without a zone, or epoch seconds. @returns epoch seconds, as JSON has them */
function readTime (text: string): number {
  if (NUMBERS.float.test(text)) return Number(text)
  const hasZone = /(?:[zZ]|[+-]\d{2}:?\d{2})$/.test(text)
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(hasZone || isDate ? text : `${text}Z`) : NaN
  if (Number.isNaN(ms)) throw new WrongType(`${JSON.stringify(text)} is not a timestamp`)
  return ms / 1000
}
