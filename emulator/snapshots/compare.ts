import { hash } from 'node:crypto'
import { kindOf, type ComparedEntry } from './compared-entries.ts'
import type { SnapshotRecord } from './format.ts'

/** What has become of an item or object. */
export type Change = 'added' | 'changed' | 'gone'

/** One item or object that differs. */
export interface Difference {
  change: Change
  /** Of an object. */
  key?: string
  /** An item as DynamoDB writes it, or the size and entity tag of an object; missing when it is too large to show. */
  before?: unknown
  after?: unknown
}

/** What differs in a table or a bucket. */
export interface ComparedPart {
  service: string
  account: string
  region?: string
  kind: 'table' | 'bucket'
  name: string
  /** Which state has it, if not both. */
  only?: 'first' | 'second'
  added: number
  changed: number
  gone: number
  /** Some of what differs. */
  examples: Difference[]
}

/** Differences of each kind that a part shows. */
const MOST_EXAMPLES = 10
/** Characters of the largest value that is shown. */
const LARGEST_SHOWN = 8192

/** Reads the records of one snapshot from its beginning. */
export type ReadRecords = () => AsyncIterable<SnapshotRecord>

/** An entry that differs, until both of its values are known. */
interface Pending { difference: Difference, entry: ComparedEntry }

/**
 * Compares the items of tables and the objects of buckets in two snapshots. It keeps a hash of each entry of the first one in memory,
 * and reads it a second time for the values of what differs.
 * @returns the parts that differ, by partition and name
 */
export async function compareSnapshots (first: ReadRecords, second: ReadRecords): Promise<ComparedPart[]> {
  const parts = new Map<string, ComparedPart>()
  const known = new Map<string, string>()
  for await (const { id, entry, value } of comparedIn(first)) known.set(id, entry.place === undefined ? '' : digest(entry.summary(value)))

  const pending = new Map<string, Pending>()
  const note = (id: string, entry: ComparedEntry, change: Change, value?: unknown) => {
    const part = partOf(parts, entry)
    if (entry.place === undefined) {
      part.only = change === 'gone' ? 'first' : 'second'
      return
    }
    part[change]++
    if (part.examples.filter((example) => example.change === change).length >= MOST_EXAMPLES) return
    const difference: Difference = { change, ...entry.key !== undefined && { key: entry.key }, ...value !== undefined && shown('after', entry, value) }
    part.examples.push(difference)
    if (change !== 'added') pending.set(id, { difference, entry })
  }
  for await (const { id, entry, value } of comparedIn(second)) {
    const before = known.get(id)
    known.delete(id)
    if (before === undefined) note(id, entry, 'added', value)
    else if (entry.place !== undefined && before !== digest(entry.summary(value))) note(id, entry, 'changed', value)
  }
  if (known.size > 0 || pending.size > 0) {
    for await (const { id, entry, value } of comparedIn(first)) {
      if (known.has(id)) note(id, entry, 'gone')
      const waiting = pending.get(id)
      if (waiting) Object.assign(waiting.difference, shown('before', entry, value))
    }
  }
  return [...parts].sort(([one], [other]) => one < other ? -1 : 1).map(([, part]) => part)
}

async function * comparedIn (read: ReadRecords): AsyncGenerator<{ id: string, entry: ComparedEntry, value: unknown }> {
  let partition = ''
  for await (const record of read()) {
    if (record.kind === 'partition') partition = record.name
    if (record.kind !== 'entry') continue
    const { key, value } = record.entry
    const entry = kindOf(partition, key)
    if (entry) yield { id: `${partition} ${key}`, entry, value }
  }
}

const digest = (value: unknown): string => hash('sha1', JSON.stringify(value), 'base64')

/** A value as a difference shows it, unless it is too large. */
function shown (side: 'before' | 'after', entry: ComparedEntry, value: unknown): Partial<Difference> {
  const short = entry.summary(value)
  return JSON.stringify(short).length > LARGEST_SHOWN ? {} : { [side]: short }
}

function partOf (parts: Map<string, ComparedPart>, { partition, kind, name }: ComparedEntry): ComparedPart {
  const id = `${partition} ${name}`
  let part = parts.get(id)
  if (!part) {
    const [service = '', account = '', region] = partition.split('/')
    parts.set(id, part = { service, account, ...region !== undefined && { region }, kind, name, added: 0, changed: 0, gone: 0, examples: [] })
  }
  return part
}
