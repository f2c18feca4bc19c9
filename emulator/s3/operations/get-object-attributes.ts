import { toXml, type XmlElements } from '../../core/protocol/xml.ts'
import type { S3Context } from '../context.ts'
import { invalidArgument } from '../errors.ts'
import { checksumElements } from '../uploads/multipart.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import { openObject, versionHeader, versionId } from '../objects/version-access.ts'
import { customerKeys } from '../requests/refusals.ts'
import { onObject, wholeNumberInHeader, type Member, type S3Shape } from '../requests/shape.ts'
import type { ObjectRecord } from '../storage/records.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html

const WANTED = 'x-amz-object-attributes'
const ATTRIBUTES = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize']
const HIGHEST = 2 ** 31 - 1

const attributes: Member<ReadonlySet<string>> = {
  source: { header: WANTED },
  read ({ headers }) {
    const wanted = (headers[WANTED] ?? '').split(',').map((name) => name.trim())
    if (wanted.every((name) => ATTRIBUTES.includes(name))) return new Set(wanted)
    throw invalidArgument('Invalid attribute name specified.', WANTED, headers[WANTED])
  },
}

const types = {
  members: {
    ...onObject,
    VersionId: versionId,
    ObjectAttributes: attributes,
    MaxParts: wholeNumberInHeader('x-amz-max-parts', { min: 0, max: HIGHEST }),
    PartNumberMarker: wholeNumberInHeader('x-amz-part-number-marker', { min: 0, max: HIGHEST }),
  },
  refused: customerKeys,
} satisfies S3Shape

export const getObjectAttributes: S3Operation<typeof types> = {
  types,
  run (input, ctx) {
    const { bucket, object } = openObject(input, ctx)
    const { checksum } = object
    const all: XmlElements = {
      ETag: object.etag,
      Checksum: { ...checksumElements(checksum), ChecksumType: checksum.type },
      ObjectParts: partsOf(object, { marker: input.PartNumberMarker, max: input.MaxParts }, ctx),
      StorageClass: 'STANDARD',
      ObjectSize: object.size,
    }
    const wanted = Object.entries(all).filter(([name]) => input.ObjectAttributes.has(name))
    return {
      headers: { 'last-modified': new Date(object.lastModified).toUTCString(), ...versionHeader(bucket, object) },
      xml: toXml('GetObjectAttributesResponse', Object.fromEntries(wanted), NAMESPACE),
    }
  },
}

/** Nothing for an object that was not uploaded in parts. Parts are listed only if they have their own checksums. */
function partsOf ({ pieces, checksum: { algorithm } }: ObjectRecord, { marker = 0, max }: { marker?: number, max?: number }, ctx: S3Context): XmlElements | undefined {
  if (pieces[0]?.partNumber === undefined) return undefined
  if (pieces[0].checksum === undefined) return { PartsCount: pieces.length }
  const limit = Math.min(max ?? Infinity, ctx.limits.listedParts)
  const beyond = pieces.filter(({ partNumber = 0 }) => partNumber > marker)
  const page = beyond.slice(0, limit)
  return {
    PartsCount: pieces.length,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.partNumber ?? 0,
    MaxParts: limit,
    IsTruncated: beyond.length > page.length,
    Part: page.map(({ partNumber, size, checksum }) => ({ PartNumber: partNumber, Size: size, [`Checksum${algorithm}`]: checksum })),
  }
}
