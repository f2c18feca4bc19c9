import type { FromShape } from '../../core/protocol/shape.ts'
import { FACE_MODEL_VERSION, faceMatches, inFloats } from '../faces/answers.ts'
import { noteCollection, type RekognitionOperation } from '../context.ts'
import { noFaceToSearchBy } from '../errors.ts'
import { facesOfQuality } from '../faces/quality.ts'
import { ImageShape, QualityFilterShape, searchMembers } from '../shapes.ts'

const types = {
  type: 'structure',
  members: { ...searchMembers, Image: ImageShape, QualityFilter: QualityFilterShape },
  required: ['CollectionId', 'Image'],
} as const

/** https://docs.aws.amazon.com/rekognition/latest/APIReference/API_SearchFacesByImage.html */
export const searchFacesByImage: RekognitionOperation<FromShape<typeof types>> = {
  types,
  async run (input, ctx) {
    const { CollectionId: id, Image: image, QualityFilter: filter = 'NONE', FaceMatchThreshold: threshold = 80 } = input
    noteCollection(ctx, id, image)
    const collection = ctx.collections.get(id)
    const [largest] = await facesOfQuality(image, filter, ctx)
    if (!largest) throw noFaceToSearchBy()
    const limit = input.MaxFaces ?? ctx.limits.defaultMatches
    const matches = await ctx.analyser.search(largest.identity, collection.faces(), { threshold, limit })
    ctx.notes.items = matches.length
    return inFloats({
      SearchedFaceBoundingBox: largest.detail.BoundingBox,
      SearchedFaceConfidence: largest.detail.Confidence,
      FaceMatches: faceMatches(matches),
      FaceModelVersion: FACE_MODEL_VERSION,
    })
  },
}
