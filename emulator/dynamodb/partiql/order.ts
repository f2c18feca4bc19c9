import { validation } from '../errors.ts'
import { compareValues } from '../values/compare-values.ts'
import type { Branch, KeyNames, KeyRange } from './key-branches.ts'
import type { SelectStatement } from './tree.ts'

/** In which order ranges are read, and whether each is read backwards. */
export interface Order { readonly arrange: (ranges: readonly KeyRange[]) => KeyRange[], readonly reverse: boolean }

/**
 * What ORDER BY means: only the keys of a keyed read have an order. Without it, partitions come as the statement names
 * them, and items of one partition by their sort key.
 * @throws ValidationException
 */
export function orderOf (
  terms: SelectStatement['orderBy'], { names, branches, hasWhere }: { names: KeyNames, branches: readonly Branch[] | undefined, hasWhere: boolean }
): Order {
  if (!terms) return { arrange: byPartition, reverse: false }
  if (!hasWhere) throw validation('Must have WHERE clause in the statement when using ORDER BY clause.')
  if (!branches) throw validation('Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.')
  const descending = new Map<string, boolean>()
  for (const { key, descending: down } of terms) {
    if (key.kind !== 'path') throw validation(`Argument to ORDER BY must be of type VariableReference. Type: ${key.kind}`)
    const name = key.path.join('.')
    if (name !== names.hash && name !== names.range) throw validation(`Variable reference ${name} in ORDER BY clause must be part of the primary key`)
    descending.set(name, down)
  }
  const several = branches.some(({ hash }) => compareValues(hash, branches[0]!.hash) !== 0)
  if (several && !descending.has(names.hash)) {
    throw validation('Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.')
  }
  const hashSign = descending.get(names.hash) ? -1 : 1
  const reverse = names.range !== undefined && descending.get(names.range) === true
  const compare = (one: KeyRange, other: KeyRange) => hashSign * (compareValues(one.hash, other.hash) ?? 0) || (reverse ? -1 : 1) * byPlace(one, other)
  return { arrange: (ranges) => [...ranges].sort(compare), reverse }
}

function byPartition (ranges: readonly KeyRange[]): KeyRange[] {
  const partitions = new Map<string, KeyRange[]>()
  for (const range of ranges) {
    const name = JSON.stringify(range.hash)
    partitions.set(name, [...partitions.get(name) ?? [], range])
  }
  return [...partitions.values()].flatMap((partition) => partition.sort(byPlace))
}

function byPlace (one: KeyRange, other: KeyRange): number {
  return one.gte < other.gte ? -1 : 1
}
