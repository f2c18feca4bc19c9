/** An entry of a snapshot that can be compared with the same entry of another. */
export interface ComparedEntry {
  partition: string
  kind: 'table' | 'bucket'
  /** Of the table or bucket. */
  name: string
  /** Where the item or object is in it; `undefined` for the table or bucket itself, which is only there or not. */
  place: string | undefined
  /** Of an object, as S3 writes it. */
  key?: string
  /** What is shown of the entry's value. */
  summary (value: unknown): unknown
}

const asItIs = (value: unknown): unknown => value

/** An object's record says where its bytes are, which differs between two puts of the same bytes; these say what it is. */
function objectSummary (value: unknown): unknown {
  const { size, etag, metadata } = value as { size: number, etag: string, metadata?: object } // S3 writes only objects under its keys of objects
  return { size, etag, metadata }
}

interface Kind {
  pattern: RegExp
  kind: ComparedEntry['kind']
  summary: ComparedEntry['summary']
  /** The place as it is shown. */
  keyOf?: (place: string) => string
}

/** Of each service, the keys of what is compared; the first group is the name, the second the place. Indexes, expiry and change logs follow from these. */
const KINDS: Readonly<Record<string, readonly Kind[]>> = {
  dynamodb: [
    { pattern: /^table~([^~]+)$/, kind: 'table', summary: asItIs },
    { pattern: /^item-([^~]+)~(.*)$/s, kind: 'table', summary: asItIs },
  ],
  s3: [
    { pattern: /^bucket\/([^/]+)$/, kind: 'bucket', summary: asItIs },
    { pattern: /^object\/([^/]+)\/(.*)$/s, kind: 'bucket', summary: objectSummary, keyOf: (place) => Buffer.from(place, 'latin1').toString() },
  ],
}

/** @returns `undefined` for an entry that is not compared */
export function kindOf (partition: string, key: string): ComparedEntry | undefined {
  for (const { pattern, kind, summary, keyOf } of KINDS[partition.slice(0, partition.indexOf('/'))] ?? []) {
    const [matched, name = '', place] = pattern.exec(key) ?? []
    if (matched !== undefined) return { partition, kind, name, place, ...keyOf && place !== undefined && { key: keyOf(place) }, summary }
  }
  return undefined
}
