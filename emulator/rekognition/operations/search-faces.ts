import type { FromShape } from '../../core/protocol/shape.ts'
import { FACE_MODEL_VERSION, faceMatches, inFloats } from '../faces/answers.ts'
import { noteCollection, type RekognitionOperation } from '../context.ts'
import { faceNotFound } from '../errors.ts'
import { FaceIdShape, searchMembers } from '../shapes.ts'

const types = {
  type: 'structure',
  members: { ...searchMembers, FaceId: FaceIdShape },
  required: ['CollectionId', 'FaceId'],
} as const

/** https://docs.aws.amazon.com/rekognition/latest/APIReference/API_SearchFaces.html */
export const searchFaces: RekognitionOperation<FromShape<typeof types>> = {
  types,
  async run (input, ctx) {
    const { CollectionId: id, FaceId: faceId, FaceMatchThreshold: threshold = 80, MaxFaces: limit = ctx.limits.defaultMatches } = input
    noteCollection(ctx, id)
    const collection = ctx.collections.get(id)
    const wanted = collection.face(faceId)
    if (!wanted) throw faceNotFound()
    const others = collection.faces().filter((face) => face !== wanted)
    const matches = await ctx.analyser.search(wanted.identity, others, { threshold, limit })
    ctx.notes.items = matches.length
    return inFloats({ SearchedFaceId: faceId, FaceMatches: faceMatches(matches), FaceModelVersion: FACE_MODEL_VERSION })
  },
}
