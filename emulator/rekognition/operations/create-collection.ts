import type { FromShape } from '../../core/protocol/shape.ts'
import { FACE_MODEL_VERSION } from '../faces/answers.ts'
import { noteCollection, type RekognitionOperation } from '../context.ts'
import { CollectionIdShape } from '../shapes.ts'

const types = {
  type: 'structure',
  members: {
    CollectionId: CollectionIdShape,
    Tags: {
      type: 'map',
      keys: { type: 'string', min: 1, max: 128, pattern: '(?!aws:)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' },
      values: { type: 'string', min: 0, max: 256, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' },
      min: 0,
      max: 200,
    },
  },
  required: ['CollectionId'],
} as const

/**
 * https://docs.aws.amazon.com/rekognition/latest/APIReference/API_CreateCollection.html
 * Tags are stored with the collection; the operations that read and change them do not exist here.
 */
export const createCollection: RekognitionOperation<FromShape<typeof types>> = {
  types,
  async run ({ CollectionId: id, Tags: tags = {} }, ctx) {
    noteCollection(ctx, id)
    await ctx.collections.create({ id, createdAt: ctx.startedAt, tags })
    return {
      StatusCode: 200,
      CollectionArn: `arn:aws:rekognition:${ctx.region}:${ctx.account}:collection/${id}`,
      FaceModelVersion: FACE_MODEL_VERSION,
    }
  },
}
