import type { FromShape } from '../../core/protocol/shape.ts'
import { FACE_MODEL_VERSION } from '../faces/answers.ts'
import { noteCollection, type RekognitionOperation } from '../context.ts'
import { CollectionIdShape } from '../shapes.ts'

const types = { type: 'structure', members: { CollectionId: CollectionIdShape }, required: ['CollectionId'] } as const

/** https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DescribeCollection.html */
export const describeCollection: RekognitionOperation<FromShape<typeof types>> = {
  types,
  run ({ CollectionId: id }, ctx) {
    noteCollection(ctx, id)
    const { size, createdAt } = ctx.collections.get(id)
    return {
      FaceCount: size,
      FaceModelVersion: FACE_MODEL_VERSION,
      CollectionARN: `arn:aws:rekognition:${ctx.region}:${ctx.account}:collection/${id}`,
      CreationTimestamp: createdAt / 1000,
      UserCount: 0,
    }
  },
}
