import { toXml, type XmlElements } from '../../core/protocol/xml.ts'
import { AwsError } from '../../core/errors.ts'
import { openBucket } from '../buckets/bucket-access.ts'
import { deleteOne, type Deleted } from '../objects/deletion.ts'
import { refusalOf } from '../access.ts'
import type { S3Context } from '../context.ts'
import { DocumentBody, type XmlDocument } from '../requests/document-body.ts'
import { invalidRequest, keyTooLong, malformedXml, noSuchVersion, notEmulated } from '../errors.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import { bypassGovernance } from '../requests/refusals.ts'
import { onBucket, refuseHeaders, type Member, type S3Shape } from '../requests/shape.ts'
import type { BucketRecord } from '../storage/records.ts'
import { isVersionId } from '../storage/version-id.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
// Keys that cannot be deleted are reported in the answer; the others are deleted.

const deletion: Member<DocumentBody> = {
  source: { part: 'body' },
  read: (request, limits) => new DocumentBody(request, limits, { maxBytes: limits.longDocumentBytes }),
}

const types = {
  members: { ...onBucket, Delete: deletion },
  refused: [...refuseHeaders('x-amz-mfa'), bypassGovernance],
} satisfies S3Shape

/** An object to delete. */
interface Target {
  key: string
  versionId?: string
  etag?: string
}

export const deleteObjects: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    const { Delete } = input
    if (!Delete.isChecked) throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*')
    const bucket = openBucket(input, ctx)
    const document = await Delete.read('Delete') ?? {}
    const targets = readTargets(document, ctx.limits.deletedKeys)
    const quiet = readText(document.Quiet)?.toLowerCase() === 'true'
    ctx.notes.keys = targets.map(({ key }) => key)
    ctx.notes.items = targets.length
    const deleted: XmlElements[] = []
    const errors: XmlElements[] = []
    for (const target of targets) {
      const result = await deleteTarget(bucket, target, ctx)
      const name = { Key: target.key, VersionId: target.versionId }
      if (result instanceof AwsError) errors.push({ ...name, Code: result.code, Message: result.message })
      else if (!quiet) deleted.push({ ...name, ...(result.deleteMarker ? { DeleteMarker: true, DeleteMarkerVersionId: result.versionId } : {}) })
    }
    return { xml: toXml('DeleteResult', { Deleted: deleted, Error: errors }, NAMESPACE) }
  },
}

async function deleteTarget (bucket: BucketRecord, { key, versionId, etag }: Target, ctx: S3Context): Promise<AwsError | Deleted> {
  try {
    if (versionId !== undefined && !isVersionId(versionId)) throw noSuchVersion(key, versionId)
    const bytes = Buffer.byteLength(key)
    if (bytes > ctx.limits.keyBytes) throw keyTooLong(bytes, ctx.limits.keyBytes)
    const refusal = refusalOf('DeleteObject', { Bucket: bucket.name, Key: key, VersionId: versionId }, ctx)
    if (refusal) return refusal
    return await deleteOne({ bucket, key, versionId, etag }, ctx)
  } catch (error) {
    if (error instanceof AwsError) return error
    throw error
  }
}

function readTargets (document: XmlDocument, max: number): Target[] {
  const objects = [document.Object ?? []].flat()
  if (objects.length === 0 || objects.length > max) throw malformedXml()
  return objects.map((object) => {
    if (object === null || typeof object !== 'object') throw malformedXml()
    const { Key, VersionId, ETag, ...rest } = object as XmlDocument // the parser makes no other objects
    for (const element of ['LastModifiedTime', 'Size']) if (element in rest) throw notEmulated({ element: `Delete.Object.${element}` })
    const key = readText(Key)
    if (!key) throw malformedXml()
    return { key, versionId: readText(VersionId), etag: readText(ETag) }
  })
}

function readText (content: unknown): string | undefined {
  if (content !== undefined && typeof content !== 'string') throw malformedXml()
  return content
}
