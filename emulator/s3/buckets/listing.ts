import { createHash } from 'node:crypto'
import type { XmlElements } from '../../core/protocol/xml.ts'
import { invalidArgument } from '../errors.ts'
import { query, wholeNumber, type Member } from '../requests/shape.ts'
import type { ObjectRecord } from '../storage/records.ts'
import type { S3Store } from '../storage/store.ts'

/** The input that both versions of ListObjects share. */
export const listingMembers = {
  Delimiter: query('delimiter'),
  EncodingType: {
    source: { query: 'encoding-type' },
    read (request) {
      const type = request.query.get('encoding-type')
      if (type && type !== 'url') throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', type)
      return type || undefined
    },
  } satisfies Member<string | undefined>,
  MaxKeys: wholeNumber('max-keys', { name: 'maxKeys', min: 0, max: 2 ** 31 - 1 }),
  Prefix: query('prefix'),
}

export interface Listing {
  objects: ObjectRecord[]
  commonPrefixes: string[]
  /** The last key or common prefix, if there are more. */
  truncatedAfter: string | undefined
}

/**
 * One page of a bucket's objects. Keys with the delimiter after the prefix are grouped into one common prefix, and
 * the rest of them are skipped without being read.
 * @param options.after  a key or a common prefix to begin after. A key within a common prefix excludes that prefix
 * (LocalStack's test_list_objects_marker_common_prefixes, validated against AWS).
 */
export async function listObjects (
  store: S3Store, bucket: string, options: { prefix?: string, delimiter?: string, after?: string, max: number }
): Promise<Listing> {
  const { prefix = '', delimiter, max } = options
  const listing: Listing = { objects: [], commonPrefixes: [], truncatedAfter: undefined }
  if (max === 0) return listing
  const rolledUp = (key: string): string | undefined => {
    const at = delimiter === undefined || !key.startsWith(prefix) ? -1 : key.indexOf(delimiter, prefix.length)
    return at < 0 ? undefined : key.slice(0, at + delimiter!.length)
  }
  let last = ''
  let after = options.after
  let beyond = after === undefined ? undefined : rolledUp(after)
  for (let leapt = true; leapt;) {
    leapt = false
    for await (const object of store.objects(bucket, { prefix, after, beyond })) {
      if (listing.objects.length + listing.commonPrefixes.length === max) return { ...listing, truncatedAfter: last }
      const commonPrefix = rolledUp(object.key)
      last = commonPrefix ?? object.key
      if (commonPrefix === undefined) {
        listing.objects.push(object)
        continue
      }
      listing.commonPrefixes.push(commonPrefix)
      after = undefined
      beyond = commonPrefix
      leapt = true
      break
    }
  }
  return listing
}

/** How names are encoded in the answer to a listing. */
export type NameWriter = (name: string) => string

/** @param type  `url` for names that may contain characters that XML cannot. Encodes like Java's URLEncoder, except for the slash. */
export function nameWriter (type: string | undefined): NameWriter {
  if (type === undefined) return (name) => name
  return (name) => encodeURIComponent(name)
    .replace(/[!~'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+').replaceAll('%2F', '/')
}

/** The elements that both versions share. */
export function listingElements (listing: Listing, { write, account, withOwner }: { write: NameWriter, account: string, withOwner: boolean }): XmlElements {
  const owner = withOwner ? ownerOf(account) : undefined
  return {
    Contents: listing.objects.map((object) => ({
      Key: write(object.key),
      LastModified: isoTime(object.lastModified),
      ETag: `"${object.etag}"`,
      ChecksumAlgorithm: object.checksum.algorithm,
      ChecksumType: object.checksum.type,
      Size: object.size,
      Owner: owner,
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: listing.commonPrefixes.map((prefix) => ({ Prefix: write(prefix) })),
  }
}

/** S3's times are whole seconds, although its documents contain thousandths. */
export const isoTime = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}.000Z`

/** The canonical user of an account: 64 hexadecimal digits, the same everywhere. AWS no longer gives a display name. */
export const ownerOf = (account: string): { ID: string } =>
  ({ ID: createHash('sha256').update(`sandtable canonical user of ${account}`).digest('hex') })
