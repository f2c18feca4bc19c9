import { toXml, type XmlElements } from '../../core/protocol/xml.ts'
import { openBucket } from '../buckets/bucket-access.ts'
import type { S3Context } from '../context.ts'
import { invalidRequest, malformedXml, type S3Error } from '../errors.ts'
import { NAMESPACE, type S3Operation } from '../operation.ts'
import type { XmlDocument } from '../requests/document-body.ts'
import { document, onBucket, type Refusal, type S3Shape } from '../requests/shape.ts'
import type { BucketSettings } from '../storage/records.ts'

/** A part of a bucket's configuration that is put, got and deleted as one document. */
export interface Setting<K extends keyof BucketSettings> {
  name: K
  /** The root of its document. */
  root: string
  /** Reads the document's content. Throws MalformedXML and the errors of its rules. */
  read: (content: XmlDocument, ctx: S3Context) => BucketSettings[K]
  write: (setting: NonNullable<BucketSettings[K]>) => XmlElements
  /** The error of a bucket without it; default: its document is empty. */
  missing?: (bucket: string) => S3Error
}

const putMembers = { ...onBucket, Document: document }
const types = { members: onBucket } satisfies S3Shape

/**
 * The operation that replaces a part of a bucket's configuration.
 * @param options.status   default 200
 * @param options.checked  S3 requires a checksum of the document
 */
export function putSetting<K extends keyof BucketSettings> (
  setting: Setting<K>, { status, checked = false, refused }: { status?: number, checked?: boolean, refused?: readonly Refusal[] } = {}
): S3Operation<{ members: typeof putMembers, refused?: readonly Refusal[] }> {
  return {
    types: { members: putMembers, refused },
    async run (input, ctx) {
      if (checked && !input.Document.isChecked) throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*')
      openBucket(input, ctx)
      const content = await input.Document.read(setting.root)
      if (!content) throw malformedXml()
      await ctx.store.configure(input.Bucket, { [setting.name]: setting.read(content, ctx) })
      return { status }
    },
  }
}

export function getSetting<K extends keyof BucketSettings> ({ name, root, write, missing }: Setting<K>): S3Operation<typeof types> {
  return {
    types,
    run (input, ctx) {
      const found = openBucket(input, ctx).settings?.[name]
      if (found === undefined && missing) throw missing(input.Bucket)
      return { xml: toXml(root, found === undefined ? {} : write(found), NAMESPACE) }
    },
  }
}

/** Deleting what is not there succeeds. */
export function deleteSetting<K extends keyof BucketSettings> ({ name }: Pick<Setting<K>, 'name'>): S3Operation<typeof types> {
  return {
    types,
    async run (input, ctx) {
      openBucket(input, ctx)
      await ctx.store.configure(input.Bucket, { [name]: undefined })
      return { status: 204 }
    },
  }
}
