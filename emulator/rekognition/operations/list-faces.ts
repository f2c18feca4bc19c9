import type { FromShape } from '../../core/protocol/shape.ts'
import { FACE_MODEL_VERSION, inFloats, storedFace } from '../faces/answers.ts'
import { noteCollection, type RekognitionOperation } from '../context.ts'
import { notEmulated } from '../errors.ts'
import { pageOf } from '../collections/paging.ts'
import { CollectionIdShape, FaceIdsShape, pageMembers } from '../shapes.ts'

const types = {
  type: 'structure',
  members: {
    CollectionId: CollectionIdShape,
    ...pageMembers,
    UserId: { type: 'string', min: 1, max: 128, pattern: '[a-zA-Z0-9_.\\-:]+' },
    FaceIds: FaceIdsShape,
  },
  required: ['CollectionId'],
} as const

/**
 * https://docs.aws.amazon.com/rekognition/latest/APIReference/API_ListFaces.html
 * Users do not exist here, so `UserId` is refused.
 */
export const listFaces: RekognitionOperation<FromShape<typeof types>> = {
  types,
  custom ({ UserId: userId }) {
    if (userId !== undefined) throw notEmulated('UserId')
  },
  run (input, ctx) {
    noteCollection(ctx, input.CollectionId)
    const collection = ctx.collections.get(input.CollectionId)
    const wanted = input.FaceIds && new Set(input.FaceIds)
    const faces = collection.faces().filter(({ faceId }) => !wanted || wanted.has(faceId))
    const scope = [ctx.account, ctx.region, collection.id, collection.sequence]
    const { items, NextToken } = pageOf(faces, input, { scope, limits: ctx.limits })
    ctx.notes.items = items.length
    return inFloats({ Faces: items.map(storedFace), FaceModelVersion: FACE_MODEL_VERSION, NextToken })
  },
}
