/** S3's limits. Source: https://docs.aws.amazon.com/general/latest/gr/s3.html and the pages of the operations. */
export interface Limits {
  /** Bytes of an object that is uploaded, or copied, in one piece. */
  objectBytes: number
  /** Bytes of a key, in UTF-8. */
  keyBytes: number
  /** Bytes of the names and values of user metadata, without the `x-amz-meta-` prefix. */
  metadataBytes: number
  /** Bytes of all headers of a PUT. */
  headerBytes: number
  /** Bytes of an XML document in a request. */
  documentBytes: number
  /** Bytes of a document that lists parts or keys, of which there may be many: AWS names no limit. */
  longDocumentBytes: number
  /** Parts of an upload; also the highest part number. */
  parts: number
  /** Bytes of every part but the last. */
  partBytes: number
  /** Parts in one page of a listing, and uploads in one. */
  listedParts: number
  listedUploads: number
  /** Keys in one DeleteObjects. */
  deletedKeys: number
  buckets: number
  /** Bytes of a form's fields before its file. */
  formFieldBytes: number
  /** Bytes of a bucket's policy. */
  policyBytes: number
  objectTags: number
  bucketTags: number
  /** Keys and common prefixes in one page of a listing. */
  listedKeys: number
  /** Buckets in one page of a listing. */
  listedBuckets: number
  /** Minimum bytes of every chunk of a chunked upload but the last. */
  chunkBytes: number
  /** The maximum validity of a presigned request. */
  presignedSeconds: number
}

export const AWS_LIMITS: Limits = {
  objectBytes: 5 * 1024 ** 3,
  keyBytes: 1024,
  metadataBytes: 2048,
  headerBytes: 8192,
  documentBytes: 64 * 1024,
  longDocumentBytes: 8 * 1024 ** 2,
  parts: 10_000,
  partBytes: 5 * 1024 ** 2,
  listedParts: 1000,
  listedUploads: 1000,
  deletedKeys: 1000,
  buckets: 10_000,
  formFieldBytes: 20 * 1024,
  policyBytes: 20 * 1024,
  objectTags: 10,
  bucketTags: 50,
  listedKeys: 1000,
  listedBuckets: 10_000,
  chunkBytes: 8192,
  presignedSeconds: 7 * 24 * 60 * 60,
}
