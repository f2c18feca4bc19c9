import { checksumHeaders, type ObjectChecksum } from './checksums.ts'
import { metadataTooLarge } from '../errors.ts'
import { header, headersWith, type Member } from '../requests/shape.ts'
import type { ObjectRecord } from '../storage/records.ts'

export const DEFAULT_CONTENT_TYPE = 'binary/octet-stream'

/** `aws-chunked` describes the upload, not the object: it is never stored, even if the body was not chunked. */
const contentEncoding: Member<string | undefined> = {
  source: { header: 'content-encoding' },
  read ({ headers }) {
    const encoding = headers['content-encoding']
    if (encoding === undefined || !/aws-chunked/i.test(encoding)) return encoding
    return encoding.split(',').map((one) => one.trim()).filter((one) => one.toLowerCase() !== 'aws-chunked').join(', ') || undefined
  },
}

/** The headers of an upload that are stored with the object. */
export const objectMembers = {
  CacheControl: header('cache-control'),
  ContentDisposition: header('content-disposition'),
  ContentEncoding: contentEncoding,
  ContentLanguage: header('content-language'),
  ContentType: header('content-type'),
  Expires: header('expires'),
  Metadata: headersWith('x-amz-meta-'),
}

type Kept = { [K in keyof typeof objectMembers]: ReturnType<typeof objectMembers[K]['read']> }

/** The headers and metadata of a new object. */
export function keptOf (input: Kept): Pick<ObjectRecord, 'headers' | 'metadata'> {
  const headers = {
    'cache-control': input.CacheControl,
    'content-disposition': input.ContentDisposition,
    'content-encoding': input.ContentEncoding,
    'content-language': input.ContentLanguage,
    'content-type': input.ContentType || DEFAULT_CONTENT_TYPE,
    expires: input.Expires,
  }
  return {
    headers: Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    metadata: input.Metadata,
  }
}

/** @throws MetadataTooLarge */
export function checkMetadata (metadata: Record<string, string>, maxBytes: number): void {
  const bytes = Object.entries(metadata).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0)
  if (bytes > maxBytes) throw metadataTooLarge(bytes, maxBytes)
}

/** Everything is described as encrypted, since January 2023; for the caller it is only this header. */
export const ENCRYPTION_HEADERS = { 'x-amz-server-side-encryption': 'AES256' }

export const etagHeader = (object: Pick<ObjectRecord, 'etag'>): { etag: string } => ({ etag: `"${object.etag}"` })

/**
 * The headers of GetObject and HeadObject.
 * @param checksum  of the returned bytes, if it is requested
 */
export function objectHeaders (object: ObjectRecord, checksum: ObjectChecksum | undefined): Record<string, string> {
  return {
    'accept-ranges': 'bytes',
    'last-modified': new Date(object.lastModified).toUTCString(),
    ...etagHeader(object),
    ...object.headers,
    ...Object.fromEntries(Object.entries(object.metadata).map(([name, value]) => [`x-amz-meta-${name}`, asciiOnly(value)])),
    ...ENCRYPTION_HEADERS,
    ...(checksum ? checksumHeaders(checksum) : {}),
  }
}

/**
 * Metadata beyond ASCII is returned by RFC 2047, each byte of its header as a character.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
function asciiOnly (value: string): string {
  return /^[\t\x20-\x7e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`
}
