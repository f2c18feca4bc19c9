import type { FromShape } from '../../core/protocol/shape.ts'
import { noteCollection, type RekognitionOperation } from '../context.ts'
import { CollectionIdShape, FaceIdsShape } from '../shapes.ts'

const types = {
  type: 'structure',
  members: { CollectionId: CollectionIdShape, FaceIds: FaceIdsShape },
  required: ['CollectionId', 'FaceIds'],
} as const

/** https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DeleteFaces.html */
export const deleteFaces: RekognitionOperation<FromShape<typeof types>> = {
  types,
  async run ({ CollectionId: id, FaceIds: faceIds }, ctx) {
    noteCollection(ctx, id)
    const wanted = new Set(faceIds)
    const found = await ctx.collections.get(id).delete(wanted)
    const deleted = [...wanted].filter((faceId) => found.has(faceId))
    const unknown = [...wanted].filter((faceId) => !found.has(faceId))
    ctx.notes.items = deleted.length
    return {
      DeletedFaces: deleted,
      UnsuccessfulFaceDeletions: unknown.map((FaceId) => ({ FaceId, Reasons: ['FACE_NOT_FOUND'] })),
    }
  },
}
