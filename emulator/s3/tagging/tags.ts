import type { XmlElements } from '../../core/protocol/xml.ts'
import { badRequest, invalidArgument, invalidTag, malformedXml } from '../errors.ts'
import type { Limits } from '../limits.ts'
import { contentOf, type XmlDocument } from '../requests/document-body.ts'
import { childrenOf, listOf, requiredText } from '../requests/document-reading.ts'
import type { Member } from '../requests/shape.ts'
import type { Tag } from '../storage/records.ts'

/** What tags belong to: the limits and messages differ. */
export type Tagged = 'object' | 'bucket'

// Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html, and for messages LocalStack's snapshots of AWS.
const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u
const KEY_LENGTH = 128
const VALUE_LENGTH = 256

const HEADER = 'x-amz-tagging'

/**
 * The tags of a `Tagging` document.
 * @throws MalformedXML, and what {@link checkTags} throws
 */
export function readTagging (document: XmlDocument | undefined, tagged: Tagged, limits: Limits): Tag[] {
  const { TagSet } = childrenOf(document ?? malformed(), ['TagSet'])
  if (TagSet === undefined) throw malformedXml()
  return readTagSet(TagSet, tagged, limits)
}

/** The tags in an element. */
export function readTagSet (element: unknown, tagged: Tagged, limits: Limits): Tag[] {
  const { Tag } = childrenOf(element, ['Tag'])
  const tags = listOf(Tag).map((tag) => {
    const { Key, Value } = childrenOf(tag, ['Key', 'Value'])
    return { Key: requiredText(Key), Value: requiredText(Value) }
  })
  checkTags(tags, tagged, limits)
  return tags
}

function malformed (): never {
  throw malformedXml()
}

/** @throws BadRequest for too many tags, InvalidTag for a tag that S3 does not accept, or that has the key of another */
export function checkTags (tags: readonly Tag[], tagged: Tagged, { objectTags, bucketTags }: Limits): void {
  if (tagged === 'object' && tags.length > objectTags) throw badRequest(`Object tags cannot be greater than ${objectTags}`)
  if (tagged === 'bucket' && tags.length > bucketTags) throw badRequest(`Bucket tag count cannot be greater than ${bucketTags}`)
  const keys = new Set<string>()
  for (const { Key, Value } of tags) {
    if (keys.has(Key)) throw invalidTag('Cannot provide multiple Tags with the same key', { TagKey: Key })
    if (/^aws:/i.test(Key)) {
      throw invalidTag(tagged === 'object' ? 'Your TagKey cannot be prefixed with aws:' : 'System tags cannot be added/updated by requester', { TagKey: Key })
    }
    if (Key === '' || Key.length > KEY_LENGTH || !CHARACTERS.test(Key)) throw invalidTag('The TagKey you have provided is invalid', { TagKey: Key })
    if (Value.length > VALUE_LENGTH || !CHARACTERS.test(Value)) throw invalidTag('The TagValue you have provided is invalid', { TagKey: Key, TagValue: Value })
    keys.add(Key)
  }
}

/** The tags of a new object, in a header that is written like a query. */
export const taggingHeader: Member<readonly Tag[] | undefined> = {
  source: { header: HEADER },
  read: ({ headers }, limits) => headers[HEADER] === undefined ? undefined : parseTagging(headers[HEADER], limits),
}

/**
 * Tags that are written like a query: `stage=raw&owner=ann`.
 * @throws InvalidArgument if a key repeats, or the encoding is broken, and what {@link checkTags} throws
 */
export function parseTagging (text: string, limits: Limits): Tag[] {
  const tags = [...new URLSearchParams(text)].map(([Key, Value]) => ({ Key, Value }))
  const keys = new Set(tags.map(({ Key }) => Key))
  if (keys.size < tags.length || keys.has('') || /%(?![0-9a-f]{2})/i.test(text)) {
    throw invalidArgument('The header \'x-amz-tagging\' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.', HEADER, text)
  }
  checkTags(tags, 'object', limits)
  return tags
}

/** The tags of a new object, in a field of a form that is a document. */
export const taggingField: Member<readonly Tag[] | undefined> = {
  source: { part: 'body' },
  read ({ headers }, limits) {
    const text = headers['tagging']
    return text === undefined ? undefined : readTagging(contentOf(Buffer.from(text), 'Tagging'), 'object', limits)
  },
}

/** The property of a record: an object without tags has none. */
export const tagsProperty = (tags: readonly Tag[] | undefined): { tags?: readonly Tag[] } => tags?.length ? { tags } : {}

/** The content of a `Tagging` document. */
export const taggingElements = (tags: readonly Tag[] = []): XmlElements => ({ TagSet: { Tag: tags.map(({ Key, Value }) => ({ Key, Value })) } })
