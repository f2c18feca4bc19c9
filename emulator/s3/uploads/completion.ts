import { createHash } from 'node:crypto'
import type { XmlDocument } from '../requests/document-body.ts'
import { CHECKSUMS, decodeBase64, type Checksum, type ChecksumAlgorithm, type ChecksumType, type ObjectChecksum } from '../objects/checksums.ts'
import { badChecksum, invalidPart, invalidPartOrder, invalidRequest, malformedXml, partTooSmall } from '../errors.ts'
import type { Limits } from '../limits.ts'
import { algorithmOfElement, askedChecksum } from './multipart.ts'
import { checksumOfParts } from './part-checksums.ts'
import type { ObjectPiece, ObjectRecord } from '../storage/records.ts'
import { tagsProperty } from '../tagging/tags.ts'
import type { PartRecord, UploadRecord } from '../storage/upload-store.ts'

/** A part as the client lists it. */
interface ListedPart {
  number: number
  etag: string
  checksums: Checksum[]
}

/** The client's expectations of the object. */
export interface Completion {
  parts: ListedPart[]
  checksum?: Checksum
  checksumType?: ChecksumType
  /** Bytes. */
  size?: number
}

/** @throws MalformedXML, also if no part is listed */
export function readListedParts (document: XmlDocument | undefined, limits: Limits): ListedPart[] {
  const listed = [document?.Part ?? []].flat()
  if (listed.length === 0 || listed.length > limits.parts) throw malformedXml()
  return listed.map(readListedPart)
}

function readListedPart (part: unknown): ListedPart {
  if (part === null || typeof part !== 'object') throw malformedXml()
  const checksums: Checksum[] = []
  const { PartNumber: number, ETag: etag, ...rest } = part as Record<string, unknown> // the parser makes no other objects
  if (typeof number !== 'string' || !/^\s*\d{1,6}\s*$/.test(number) || typeof etag !== 'string') throw malformedXml()
  for (const [name, value] of Object.entries(rest)) {
    const algorithm = algorithmOfElement(name)
    if (algorithm && typeof value === 'string') checksums.push({ algorithm, value: value.trim() })
    else if (name !== '#text') throw malformedXml()
  }
  return { number: Number(number), etag: etag.trim().replace(/^"|"$/g, ''), checksums }
}

/**
 * The object that an upload's parts make.
 * @param completion  the parts, and the client's expectations of the whole
 * @throws InvalidPartOrder, InvalidPart, EntityTooSmall, BadDigest, and InvalidRequest if the checksums differ from those with
 * which the upload was begun
 */
export async function assemble (
  { upload, parts, completion, limits, now }: { upload: UploadRecord, parts: readonly PartRecord[], completion: Completion, limits: Limits, now: number }
): Promise<ObjectRecord> {
  const { checksum: wanted } = upload
  checkOrder(completion.parts, upload.id)
  if (wanted.asked && completion.checksumType && completion.checksumType !== wanted.type) {
    throw invalidRequest(`The upload was created using the ${wanted.type} checksum mode. The complete request must use the same checksum mode.`)
  }
  const chosen = choose(completion.parts, parts, upload)
  for (const part of chosen.slice(0, -1)) if (part.size < limits.partBytes) throw partTooSmall(part, limits.partBytes)
  const checksum = await checksumOfParts(chosen.map((part) => ({ size: part.size, value: part.checksums[wanted.algorithm]! })), wanted)
  checkExpected(completion.checksum, checksum)
  const size = chosen.reduce((sum, part) => sum + part.size, 0)
  if (completion.size !== undefined && completion.size !== size) {
    throw invalidRequest(`The provided 'x-amz-mp-object-size' header value ${completion.size} does not match what was computed: ${size}`)
  }
  const pieces = chosen.map((part): ObjectPiece =>
    ({ content: part.content, size: part.size, partNumber: part.number, checksum: askedChecksum(part, upload)?.value }))
  const { key, headers, metadata, tags } = upload
  return { key, size, etag: etagOf(chosen), lastModified: now, headers, metadata, ...tagsProperty(tags), checksum, pieces }
}

/** Whether the client lists the parts of which an object was made: their numbers, and by their MD5s their content. */
export const isMadeOf = (object: ObjectRecord, listed: readonly ListedPart[]): boolean =>
  object.etag === etagOf(listed) && listed.every(({ number }, at) => number === object.pieces[at]?.partNumber)

function checkOrder (listed: readonly ListedPart[], uploadId: string): void {
  listed.forEach(({ number }, at) => {
    if (at > 0 && number <= listed[at - 1]!.number) throw invalidPartOrder(uploadId)
  })
}

/** The listed parts, each in its latest version. */
function choose (listed: readonly ListedPart[], parts: readonly PartRecord[], { id: uploadId, checksum: wanted }: UploadRecord): PartRecord[] {
  const byNumber = new Map(parts.map((part) => [part.number, part]))
  return listed.map(({ number, etag, checksums }) => {
    const part = byNumber.get(number)
    if (part?.etag !== etag) throw invalidPart({ uploadId, number, etag })
    if (wanted.asked && wanted.type === 'COMPOSITE' && checksums.length === 0) {
      throw invalidRequest(`The upload was created using a ${wanted.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`)
    }
    if (checksums.some(({ algorithm, value }) => part.checksums[algorithm] !== value)) throw invalidPart({ uploadId, number, etag })
    return part
  })
}

/** A composite checksum may omit the number of parts. */
function checkExpected (expected: Checksum | undefined, found: ObjectChecksum): void {
  if (!expected) return
  const matches = expected.algorithm === found.algorithm &&
    (expected.value === found.value || (found.type === 'COMPOSITE' && expected.value === found.value.split('-')[0]))
  if (!matches) throw badChecksum(expected.algorithm.toLowerCase())
}

/**
 * The checksum of the object in the headers of the request that completes it; at most one.
 * @throws InvalidRequest
 */
export function readObjectChecksum (headers: Record<string, string>): Checksum | undefined {
  const given = Object.entries(headers).filter(([name]) => name !== 'type' && name !== 'algorithm' && name !== 'mode')
  if (given.length > 1) throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.')
  if (!given[0]) return undefined
  const [name, value] = given[0]
  const algorithm = algorithmOfElement(`Checksum${name}`)
  if (!algorithm) throw invalidRequest('The algorithm type you specified in x-amz-checksum- header is invalid.')
  if (!isChecksum(value, algorithm)) throw invalidRequest(`Value for x-amz-checksum-${name} header is invalid.`)
  return { algorithm, value }
}

const isChecksum = (value: string, algorithm: ChecksumAlgorithm): boolean =>
  decodeBase64(value.replace(/-\d{1,5}$/, ''), CHECKSUMS[algorithm].bytes) !== undefined

/** The MD5 of the parts' MD5s, and the number of parts. */
function etagOf (parts: readonly Pick<PartRecord, 'etag'>[]): string {
  const md5 = createHash('md5')
  for (const { etag } of parts) md5.update(etag, 'hex')
  return `${md5.digest('hex')}-${parts.length}`
}
