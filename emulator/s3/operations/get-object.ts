import type { S3Operation } from '../operation.ts'
import { findObject, readMembers, readRefusals } from '../objects/object-reading.ts'
import type { S3Shape } from '../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html

const types = { members: readMembers, refused: readRefusals } satisfies S3Shape

export const getObject: S3Operation<typeof types> = {
  types,
  run (input, ctx) {
    const { object, range, answer } = findObject(input, ctx)
    if (!object) return answer
    ctx.notes.bytes = range ? range.last - range.first + 1 : object.size
    return { ...answer, body: ctx.store.contents.read(object.pieces, range) }
  },
}
