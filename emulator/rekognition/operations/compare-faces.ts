import type { FromShape } from '../../core/protocol/shape.ts'
import { comparedFace, inFloats } from '../faces/answers.ts'
import { noteImages, type RekognitionOperation } from '../context.ts'
import { invalidParameter } from '../errors.ts'
import { facesOfQuality } from '../faces/quality.ts'
import { ImageShape, QualityFilterShape } from '../shapes.ts'

const types = {
  type: 'structure',
  members: {
    SourceImage: ImageShape,
    TargetImage: ImageShape,
    SimilarityThreshold: { type: 'float', min: 0, max: 100 },
    QualityFilter: QualityFilterShape,
  },
  required: ['SourceImage', 'TargetImage'],
} as const

/**
 * https://docs.aws.amazon.com/rekognition/latest/APIReference/API_CompareFaces.html
 *
 * The orientation corrections, which AWS always leaves null, are left out.
 */
export const compareFaces: RekognitionOperation<FromShape<typeof types>> = {
  types,
  async run (input, ctx) {
    const { SourceImage: source, TargetImage: target, SimilarityThreshold: threshold = 80, QualityFilter: filter = 'NONE' } = input
    noteImages(ctx, source, target)
    // Both are checked together; if both have an error, the source's is reported.
    const [sources, targets] = (await Promise.allSettled([facesOfQuality(source, filter, ctx), facesOfQuality(target, filter, ctx)])).map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value
    })
    const [largest] = sources!
    if (!largest || targets!.length === 0) throw invalidParameter()
    ctx.notes.items = sources!.length + targets!.length

    const compared = targets!.map((face) => ({ face, similarity: ctx.analyser.similarity(largest, face) }))
    const { BoundingBox, Confidence } = largest.detail
    return inFloats({
      SourceImageFace: { BoundingBox, Confidence },
      FaceMatches: compared.filter(({ similarity }) => similarity >= threshold)
        .sort((a, b) => b.similarity - a.similarity)
        .map(({ face, similarity }) => ({ Similarity: similarity, Face: comparedFace(face.detail) })),
      UnmatchedFaces: compared.filter(({ similarity }) => similarity < threshold).map(({ face }) => comparedFace(face.detail)),
    })
  },
}
