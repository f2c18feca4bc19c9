/** Which multipart upload is meant. */
export interface UploadName { bucket: string, key: string, id: string }

/** How many records are read at once. */
export const LONGEST_CHUNK = 1000

/** Where the records are in the database. */
export const keys = {
  bucket: (name: string): string => `bucket/${name}`,
  /** @param key  a byte string */
  object: (bucket: string, key: string): string => `object/${bucket}/${key}`,
  /** In the order of the keys, and for one key in the order in which they were begun. */
  upload: ({ bucket, key, id }: UploadName): string => `${keys.uploadsUnder(bucket, key)}\0\0${id}`,
  /** What all uploads begin with whose keys begin so: no key's NUL passes for the end of one. */
  uploadsUnder: (bucket: string, prefix: string): string => `upload/${bucket}/${byteString(prefix).replaceAll('\0', '\0\xfe')}`,
  part: (uploadId: string, number: number): string => `${keys.parts(uploadId)}${String(number).padStart(5, '0')}`,
  parts: (uploadId?: string): string => uploadId === undefined ? 'part/' : `part/${uploadId}/`,
  /** What everything of a kind begins with. */
  objects: 'object/',
  uploads: 'upload/',
}

/** Everything that begins with a byte string: no byte of UTF-8 is FF. */
export const allUnder = (prefix: string): { gte: string, lt: string } => ({ gte: prefix, lt: `${prefix}\xff` })

/** The first key after another. */
export const next = (key: string): string => `${key}\0`

/**
 * A key as one character for each byte of its UTF-8, which any store of strings puts in S3's order; JavaScript's own
 * order of strings, by UTF-16, is another one.
 */
export const byteString = (key: string): string => Buffer.from(key).toString('latin1')
