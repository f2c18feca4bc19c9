import type { AttributeValue, Item } from './item.ts'

/** The path to an attribute: names of attributes and of map members, indexes of lists. */
export type Path = (string | number)[]

/** The value at a path, if there is one. */
export function valueAt (item: Item, path: Path): AttributeValue | undefined {
  let value: AttributeValue | undefined
  let members: Item | undefined = item
  for (const piece of path) {
    if (typeof piece === 'number') value = value?.L?.[piece]
    else value = members && Object.hasOwn(members, piece) ? members[piece] : undefined
    if (value === undefined) return undefined
    members = value.M
  }
  return value
}

/** What a projection keeps: all of a value, or some of its members and elements. */
type Kept = Map<string | number, Kept> | 'all'

/** The attributes and parts of attributes that paths lead to; kept elements of lists close up, in their order. */
export function project (item: Item, paths: readonly (Path | string)[]): Item {
  const root: Kept = new Map()
  for (const path of paths) {
    let node: Map<string | number, Kept> = root
    const pieces = typeof path === 'string' ? [path] : path
    for (const [index, piece] of pieces.entries()) {
      if (index === pieces.length - 1) {
        node.set(piece, 'all')
      } else {
        const next = node.get(piece)
        if (next === 'all') break
        const inside = next ?? new Map<string | number, Kept>()
        node.set(piece, inside)
        node = inside
      }
    }
  }
  return projectMembers(item, root)
}

function projectMembers (members: Item, kept: Map<string | number, Kept>): Item {
  const found: [string, AttributeValue][] = []
  for (const [name, inside] of kept) {
    const value = typeof name === 'string' && Object.hasOwn(members, name) ? projectValue(members[name]!, inside) : undefined
    if (value) found.push([name as string, value])
  }
  return Object.fromEntries(found)
}

function projectValue (value: AttributeValue, kept: Kept): AttributeValue | undefined {
  if (kept === 'all') return value
  if (value.M) {
    const M = projectMembers(value.M, kept)
    return Object.keys(M).length > 0 ? { M } : undefined
  }
  const L = value.L?.flatMap((element, index) => {
    const inside = kept.get(index)
    const projected = inside && projectValue(element, inside)
    return projected ? [projected] : []
  })
  return L && L.length > 0 ? { L } : undefined
}
