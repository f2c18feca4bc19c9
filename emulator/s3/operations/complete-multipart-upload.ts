import { toXml } from '../../core/protocol/xml.ts'
import { noteKey, openBucket } from '../buckets/bucket-access.ts'
import { readChecksumType } from '../objects/checksum-request.ts'
import { assemble, isMadeOf, readListedParts, readObjectChecksum } from '../uploads/completion.ts'
import { checkWriteConditions, writeGuard } from '../objects/conditions.ts'
import { DocumentBody } from '../requests/document-body.ts'
import { invalidRequest } from '../errors.ts'
import { checksumElements, uploadId } from '../uploads/multipart.ts'
import { ENCRYPTION_HEADERS } from '../objects/object-headers.ts'
import { versionHeader } from '../objects/version-access.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import { customerKeys } from '../requests/refusals.ts'
import { header, headersWith, onObject, type Member, type S3Shape } from '../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
// A client that did not get the answer sends the request again: the same parts give the same answer while the object exists.

/** Checksums in the headers are those of the object, not of the document. */
const parts: Member<DocumentBody> = {
  source: { part: 'body' },
  read (request, limits) {
    const ofDocument = Object.entries(request.headers).filter(([name]) => !/^x-amz-(sdk-)?checksum-/.test(name))
    return new DocumentBody({ ...request, headers: Object.fromEntries(ofDocument) }, limits, { maxBytes: limits.longDocumentBytes })
  },
}

const types = {
  members: {
    ...onObject,
    UploadId: uploadId,
    MultipartUpload: parts,
    Checksums: headersWith('x-amz-checksum-'),
    ChecksumType: header('x-amz-checksum-type'),
    MpuObjectSize: header('x-amz-mp-object-size'),
    IfMatch: header('if-match'),
    IfNoneMatch: header('if-none-match'),
  },
  refused: customerKeys,
} satisfies S3Shape

export const completeMultipartUpload: S3Operation<typeof types> = {
  types,
  custom: checkWriteConditions,
  async run (input, ctx) {
    const { Bucket, Key: key } = input
    noteKey(input, ctx)
    const bucket = openBucket(input, ctx)
    const completion = {
      checksum: readObjectChecksum(input.Checksums),
      checksumType: readChecksumType(input.ChecksumType),
      size: readSize(input.MpuObjectSize),
      parts: readListedParts(await input.MultipartUpload.read('CompleteMultipartUpload'), ctx.limits),
    }
    let isNew = false
    const object = await ctx.store.completeUpload({ bucket: Bucket, key, id: input.UploadId }, {
      assemble (upload, parts) {
        isNew = true // and not a completion that is repeated
        return assemble({ upload, parts, completion, limits: ctx.limits, now: ctx.startedAt })
      },
      repeats: (object) => isMadeOf(object, completion.parts),
      guard: writeGuard(input, key),
    })
    if (isNew) ctx.store.announce(bucket, { name: 'ObjectCreated:CompleteMultipartUpload', key, at: ctx.startedAt, version: object, request: ctx })
    const { etag, size, checksum } = object
    ctx.notes.bytes = size
    return {
      headers: { ...ENCRYPTION_HEADERS, ...versionHeader(bucket, object) },
      xml: toXml('CompleteMultipartUploadResult', {
        Location: `https://${Bucket}.s3.${bucket.region}.amazonaws.com/${encodeURIComponent(key)}`,
        Bucket,
        Key: key,
        ETag: `"${etag}"`,
        ...checksumElements(checksum),
        ChecksumType: checksum.type,
      }, NAMESPACE),
    }
  },
}

function readSize (text: string | undefined): number | undefined {
  if (text !== undefined && /^-\d+$/.test(text)) throw invalidRequest(`Value for x-amz-mp-object-size header is less than zero: '${text}'`)
  if (text !== undefined && !/^\d{1,15}$/.test(text)) throw invalidRequest('Value for x-amz-mp-object-size header is invalid.')
  return text === undefined ? undefined : Number(text)
}
