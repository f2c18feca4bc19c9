import type { S3Operation } from '../operation.ts'
import { findObject, readMembers, readRefusals } from '../objects/object-reading.ts'
import type { S3Shape } from '../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html

const types = { members: readMembers, refused: readRefusals } satisfies S3Shape

export const headObject: S3Operation<typeof types> = {
  types,
  run: (input, ctx) => findObject(input, ctx).answer,
}
