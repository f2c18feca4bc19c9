import { toXml } from '../../../core/protocol/xml.ts'
import { openObject } from '../../buckets/bucket-access.ts'
import { NAMESPACE, type S3Operation } from '../../operation.ts'
import { versionId } from '../../requests/refusals.ts'
import { onObject, type S3Shape } from '../../requests/shape.ts'
import { taggingElements } from '../../tagging/tags.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html

const types = { members: { ...onObject, VersionId: versionId } } satisfies S3Shape

export const getObjectTagging: S3Operation<typeof types> = {
  types,
  run: (input, ctx) => ({ xml: toXml('Tagging', taggingElements(openObject(input, ctx).tags), NAMESPACE) }),
}
