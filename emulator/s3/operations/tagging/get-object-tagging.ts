import { toXml } from '../../../core/protocol/xml.ts'
import { openObject, versionHeader, versionId } from '../../objects/version-access.ts'
import { NAMESPACE, type S3Operation } from '../../operation.ts'
import { onObject, type S3Shape } from '../../requests/shape.ts'
import { taggingElements } from '../../tagging/tags.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html

const types = { members: { ...onObject, VersionId: versionId } } satisfies S3Shape

export const getObjectTagging: S3Operation<typeof types> = {
  types,
  run (input, ctx) {
    const { bucket, object } = openObject(input, ctx)
    return { headers: versionHeader(bucket, object), xml: toXml('Tagging', taggingElements(object.tags), NAMESPACE) }
  },
}
