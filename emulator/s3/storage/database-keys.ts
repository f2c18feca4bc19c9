/** Identifies a multipart upload. */
export interface UploadName { bucket: string, key: string, id: string }

/** How many records are read at a time. */
export const LONGEST_CHUNK = 1000

/** The keys of the records in the database. */
export const keys = {
  bucket: (name: string): string => `bucket/${name}`,
  /** @param key  a byte string */
  object: (bucket: string, key: string): string => `object/${bucket}/${key}`,
  /** In the order of the keys, and for one key in the order in which they were begun. */
  upload: ({ bucket, key, id }: UploadName): string => `${keys.uploadsUnder(bucket, key)}\0\0${id}`,
  /** The prefix of all uploads whose keys have a prefix: the NUL that ends a key is not in it. */
  uploadsUnder: (bucket: string, prefix: string): string => `upload/${bucket}/${byteString(prefix).replaceAll('\0', '\0\xfe')}`,
  /** A version that is not the current one, in the order of the keys and then of their versions. */
  version: (bucket: string, key: string, order: string): string => `${keys.versionsOf(bucket, key)}${order}`,
  versionsOf: (bucket: string, key: string): string => `${keys.versionsUnder(bucket, key)}\0\0`,
  versionsUnder: (bucket: string, prefix: string): string => `version/${bucket}/${byteString(prefix).replaceAll('\0', '\0\xfe')}`,
  /** The order of the `null` version of a key, if it is not the current one. */
  nullVersion: (bucket: string, key: string): string => `null/${bucket}/${byteString(key)}`,
  part: (uploadId: string, number: number): string => `${keys.parts(uploadId)}${String(number).padStart(5, '0')}`,
  parts: (uploadId?: string): string => uploadId === undefined ? 'part/' : `part/${uploadId}/`,
  /** The prefix of all records of a kind. */
  objects: 'object/',
  uploads: 'upload/',
  versions: 'version/',
}

/** The range of keys with a byte string as prefix: no byte of UTF-8 is FF. */
export const allUnder = (prefix: string): { gte: string, lt: string } => ({ gte: prefix, lt: `${prefix}\xff` })

/** The first key after another. */
export const next = (key: string): string => `${key}\0`

/**
 * A key as one character for each byte of its UTF-8, which any store of strings sorts in S3's order; JavaScript's own
 * order of strings, by UTF-16, differs.
 */
export const byteString = (key: string): string => Buffer.from(key).toString('latin1')
